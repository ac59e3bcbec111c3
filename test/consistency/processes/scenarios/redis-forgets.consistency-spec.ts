import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Fleet } from '../fleet/fleet.js';
import type { Verdict } from '../history/history.js';
import { startRedis } from '../../../support/redis-server.js';
import { withCommands } from '../fleet/fleet.js';
import { copyFrom } from './older-data.js';
import { ANSWERING, runScenario } from './scenario.js';
import { HEALTHY } from './traffic.js';

/** Sends the command every 50 ms, for 3 s. */
async function inALoop(fleet: Fleet, ...command: readonly string[]): Promise<void> {
  for (let count = 0; count < 60; count += 1) {
    await fleet.command(...command);
    await pause(50);
  }
}

/** Returns how many writes of the fault were pending: none, except for operations that time out on a busy machine. */
function pendingShare({ phases }: Verdict): number {
  const { pendingWrites, writes } = phases.get('fault') ?? { pendingWrites: 0, writes: 0 };
  return pendingWrites / writes;
}

async function usedMemory(fleet: Fleet): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(String(await fleet.command('INFO', 'memory')))?.[1]);
}

async function outOfMemory(fleet: Fleet, policy: string, room: number): Promise<void> {
  await fleet.command('CONFIG', 'SET', 'maxmemory-policy', policy);
  await fleet.command('CONFIG', 'SET', 'maxmemory', String((await usedMemory(fleet)) + room));
  await pause(3_000);
  await fleet.command('CONFIG', 'SET', 'maxmemory', '0');
}

/** Brings back the data of a second ago. */
async function goBack(fleet: Fleet): Promise<void> {
  // By default a master waits 5 s for more replicas before it sends its data.
  await fleet.command('CONFIG', 'SET', 'repl-diskless-sync-delay', '0');
  const copy = await startRedis({ args: ['--repl-diskless-sync-delay', '0'] });
  try {
    await withCommands(copy, (command) => copyFrom(fleet.redis.port, command));
    await pause(1_000);
    await withCommands(fleet.redis, (command) => copyFrom(copy.port, command));
  } finally {
    await copy.kill();
  }
}

describe('Redis replies and loses data', () => {
  it('has the data of a second ago again', async () => {
    const { broken } = await runScenario({
      name: 'Redis has the data of a second ago again',
      ...ANSWERING,
      leaseMs: 1_000,
      fault: goBack,
    });
    expect(broken).toEqual([]);
  });

  it('loses all keys repeatedly', async () => {
    const fault = (fleet: Fleet) => inALoop(fleet, 'FLUSHALL');
    const { broken } = await runScenario({ name: 'FLUSHALL every 50 ms for 3 s', bound: HEALTHY, fault });
    expect(broken).toEqual([]);
  });

  it('loses its scripts repeatedly', async () => {
    const fault = (fleet: Fleet) => inALoop(fleet, 'SCRIPT', 'FLUSH');
    const { broken, verdict } = await runScenario({ name: 'SCRIPT FLUSH every 50 ms for 3 s', bound: HEALTHY, fault });
    expect(broken).toEqual([]);
    expect(pendingShare(verdict)).toBeLessThan(0.1);
  });

  it('refuses writes because its memory is full', async () => {
    const fault = (fleet: Fleet) => outOfMemory(fleet, 'noeviction', -100_000);
    const { broken, verdict } = await runScenario({
      name: 'the memory of Redis is full for 3 s (noeviction)',
      bound: HEALTHY,
      fault,
    });
    expect(broken).toEqual([]);
    // Redis stores no new entries, but invalidations continue.
    expect(pendingShare(verdict)).toBeLessThan(0.1);
  });

  it('evicts random keys', async () => {
    const fault = (fleet: Fleet) => outOfMemory(fleet, 'allkeys-random', 1_000);
    const { broken } = await runScenario({ name: 'Redis evicts random keys for 3 s', bound: HEALTHY, fault });
    expect(broken).toEqual([]);
  });
});
