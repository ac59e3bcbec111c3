import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../../support/eventually.js';
import { type RedisServer, startRedis } from '../../../support/redis-server.js';
import { type Command, type Fleet, withCommands } from '../fleet/fleet.js';
import type { Verdict } from '../history/history.js';
import { ANSWERING, runScenario } from './scenario.js';

/** A process that was loading when the fault began can neither store its value nor release its lease. */
const LEASE_MS = 1_000;
const LOADING_KEYS = 800;
const LOADING_PAUSE_US = 3_000;
/** Redis serves its clients each time it has loaded so many bytes, about ten keys. */
const LOADING_TURN_BYTES = 2_048;

/** Returns how many writes of the fault were pending. If the fault reached the processes, there are some. */
function pendingWrites({ phases }: Verdict): number {
  return phases.get('fault')?.pendingWrites ?? 0;
}

/** A server with so much data that a replica needs seconds to load it. */
async function withFullServer(use: (server: RedisServer) => Promise<void>): Promise<void> {
  const server = await startRedis({ args: ['--repl-diskless-sync-delay', '0', '--rdbcompression', 'no'] });
  try {
    const fill = `for key = 1, ${LOADING_KEYS} do redis.call('SET', 'filler:' .. key, string.rep('x', 200)) end`;
    await withCommands(server, (command) => command('EVAL', fill, '0'));
    await use(server);
  } finally {
    await server.kill();
  }
}

async function info(command: Command): Promise<string> {
  return String(await command('INFO', 'everything'));
}

describe('Redis replies and refuses', () => {
  it('all clients: the password changes, and later changes back', async () => {
    const fault = ({ redis }: Fleet) =>
      withCommands(redis, async (command) => {
        await command('CONFIG', 'SET', 'requirepass', 'another');
        await command('CLIENT', 'KILL', 'TYPE', 'normal');
        await command('CLIENT', 'KILL', 'TYPE', 'pubsub');
        await pause(3_000);
        await command('CONFIG', 'SET', 'requirepass', '');
      });
    const { broken, verdict } = await runScenario({
      name: 'the password of Redis changes, and changes back 3 s later',
      fault,
    });
    expect(broken).toEqual([]);
    expect(pendingWrites(verdict)).toBeGreaterThan(10);
  });

  it('scripts, which are no longer permitted, while reads are', async () => {
    const fault = async (fleet: Fleet) => {
      await fleet.command('ACL', 'SETUSER', 'default', '-@scripting');
      await pause(3_000);
      await fleet.command('ACL', 'SETUSER', 'default', '+@all');
    };
    const { broken, verdict } = await runScenario({
      name: 'the user of Redis may run no scripts for 3 s',
      ...ANSWERING,
      leaseMs: LEASE_MS,
      fault,
    });
    expect(broken).toEqual([]);
    expect(pendingWrites(verdict)).toBeGreaterThan(10);
  });

  it('writes, because it has too few replicas: no process reads its entries until it accepts writes', async () => {
    const fault = async (fleet: Fleet) => {
      await fleet.command('CONFIG', 'SET', 'min-replicas-to-write', '1');
      await pause(3_000);
      await fleet.command('CONFIG', 'SET', 'min-replicas-to-write', '0');
    };
    const { broken, verdict } = await runScenario({
      name: 'Redis refuses writes for 3 s (NOREPLICAS)',
      ...ANSWERING,
      leaseMs: LEASE_MS,
      fault,
    });
    expect(broken).toEqual([]);
    expect(pendingWrites(verdict)).toBeGreaterThan(10);
  });

  it('writes, because it became a replica: no process reads its entries until it is a master again', async () => {
    const fault = async (fleet: Fleet) => {
      // No server listens there, so it never copies any data.
      await fleet.command('REPLICAOF', '127.0.0.1', '1');
      await pause(3_000);
      await fleet.command('REPLICAOF', 'NO', 'ONE');
    };
    const { broken, verdict } = await runScenario({
      name: 'Redis is a replica for 3 s (READONLY)',
      ...ANSWERING,
      leaseMs: LEASE_MS,
      fault,
    });
    expect(broken).toEqual([]);
    expect(pendingWrites(verdict)).toBeGreaterThan(10);
  });

  it('all commands while it loads the data of another server, which replaces its own', async () => {
    const fault = (fleet: Fleet) =>
      withFullServer(async (server) => {
        await fleet.command('CONFIG', 'SET', 'loading-process-events-interval-bytes', String(LOADING_TURN_BYTES));
        await fleet.command('CONFIG', 'SET', 'key-load-delay', String(LOADING_PAUSE_US));
        await withCommands(fleet.redis, async (command) => {
          await command('REPLICAOF', '127.0.0.1', String(server.port));
          await eventually(async () => expect(await info(command)).toContain('\r\nloading:1\r\n'));
          await expect(command('GET', 'filler:1')).rejects.toThrow(/^LOADING/);
          await eventually(async () => expect(await info(command)).toContain('\r\nmaster_link_status:up\r\n'));
          await command('REPLICAOF', 'NO', 'ONE');
        });
      });
    const { broken, verdict } = await runScenario({
      name: 'Redis loads the data of another server (LOADING)',
      ...ANSWERING,
      fault,
    });
    expect(broken).toEqual([]);
    expect(pendingWrites(verdict)).toBeGreaterThan(10);
  });
});
