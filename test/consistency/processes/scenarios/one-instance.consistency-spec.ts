import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Direction } from '../../../../libs/cache/src/testing/fault-proxy.js';
import { runScenario } from './scenario.js';

/** The longest lease: other processes wait that long for a load of the process that was cut off. */
const LEASE_MS = 1_000;
/** The client name of the connection for invalidation messages. */
const PUSHES = 'nuthatch-pushes';
/**
 * Rare writes, so that a process that misses one would hold the old entry for longer than it may. No strong reads, because their
 * result replaces the old entry in memory.
 */
const RARE_WRITES = { writers: 1, writePauseMs: 400, strongShare: 0 };

describe('one process', () => {
  it.each<readonly [Direction, string]>([
    ['up', 'one instance sends nothing to Redis for 4 s'],
    ['down', 'one instance receives nothing from Redis for 4 s'],
    ['both', 'one instance is cut off from Redis for 4 s'],
  ])('keeps the promise while its network is frozen: %s', async (direction, name) => {
    const { broken, verdict } = await runScenario({
      name,
      leaseMs: LEASE_MS,
      async fault({ proxies: [proxy] }) {
        proxy?.freeze(direction);
        await pause(4_000);
        proxy?.thaw();
      },
    });
    expect(broken).toEqual([]);
    // The process continued to write, and reported its writes as pending.
    expect(verdict.phases.get('fault')?.pendingWrites).toBeGreaterThan(10);
  });

  it.each([
    ['one instance receives no invalidations for 4 s, rare writes', RARE_WRITES],
    ['one instance receives no invalidations for 4 s, many writes', { strongShare: 0.5 }],
  ])('keeps the promise while its invalidation channel is frozen: %s', async (name, load) => {
    const { broken } = await runScenario({
      name,
      load,
      async fault({ proxies: [proxy] }) {
        proxy?.freeze('down', PUSHES);
        await pause(4_000);
        proxy?.thaw();
      },
    });
    expect(broken).toEqual([]);
  });

  it('keeps the promise while its invalidation channel repeatedly loses messages and breaks', async () => {
    const { broken } = await runScenario({
      name: 'one instance loses its invalidations five times',
      load: RARE_WRITES,
      async fault({ proxies: [proxy] }) {
        for (let count = 0; count < 5; count += 1) {
          proxy?.freeze('down', PUSHES);
          await pause(300);
          proxy?.cut(PUSHES);
          proxy?.thaw();
          await pause(300);
        }
      },
    });
    expect(broken).toEqual([]);
  });

  it('keeps the promise while its event loop is blocked', async () => {
    const { broken } = await runScenario({
      name: 'one instance is blocked for 3 s',
      leaseMs: LEASE_MS,
      async fault({ instances: [instance] }) {
        await instance?.send('block', 3_000);
      },
    });
    expect(broken).toEqual([]);
  });
});

describe('all processes', () => {
  it('keep the promise while their invalidation channels are killed repeatedly', async () => {
    const { broken } = await runScenario({
      name: 'Redis closes the invalidation connections ten times',
      load: RARE_WRITES,
      async fault(fleet) {
        for (let count = 0; count < 10; count += 1) {
          await fleet.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
          await pause(500);
        }
      },
    });
    expect(broken).toEqual([]);
  });
});
