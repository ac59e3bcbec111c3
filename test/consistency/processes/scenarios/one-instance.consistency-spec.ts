import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Direction } from '../../../../libs/cache/src/testing/fault-proxy.js';
import { runScenario } from './scenario.js';

/** As long as a lease may be: others wait so long for a process that was loading when it was cut off. */
const LEASE_MS = 1_000;
/** The name that a connection for pushes gives itself. */
const PUSHES = 'nuthatch-pushes';
/**
 * So rare that who missed one holds what was there before for longer than it may. And no strong reads: what they find replaces
 * what is held, and hides that nobody else would have.
 */
const RARE_WRITES = { writers: 1, writePauseMs: 400, strongShare: 0 };

describe('one process cannot', () => {
  it.each<Direction>(['up', 'down', 'both'])('reach Redis, its network frozen: %s', async (direction) => {
    const { broken, verdict } = await runScenario({
      name: `cut-off-${direction}`,
      leaseMs: LEASE_MS,
      async fault({ proxies: [proxy] }) {
        proxy?.freeze(direction);
        await pause(4_000);
        proxy?.thaw();
      },
    });
    expect(broken).toEqual([]);
    // It went on writing, and said what became of that.
    expect(verdict.phases.get('fault')?.pendingWrites).toBeGreaterThan(10);
  });

  it.each([
    ['rare', RARE_WRITES],
    ['many', { strongShare: 0.5 }],
  ])('hear, its connection for pushes frozen: %s writes', async (writes, load) => {
    const { broken } = await runScenario({
      name: `pushes-frozen-${writes}-writes`,
      load,
      async fault({ proxies: [proxy] }) {
        proxy?.freeze('down', PUSHES);
        await pause(4_000);
        proxy?.thaw();
      },
    });
    expect(broken).toEqual([]);
  });

  it('hear everything: what it was to be told is lost, and then its connection, again and again', async () => {
    const { broken } = await runScenario({
      name: 'pushes-lost',
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

  it('run, its event loop blocked', async () => {
    const { broken } = await runScenario({
      name: 'event-loop-blocked',
      leaseMs: LEASE_MS,
      async fault({ instances: [instance] }) {
        await instance?.tell('block', 3_000);
      },
    });
    expect(broken).toEqual([]);
  });
});

describe('nobody can', () => {
  it('hear for long: connections for pushes are killed again and again', async () => {
    const { broken } = await runScenario({
      name: 'pushes-killed',
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
