import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Fleet, withFleet } from '../fleet/fleet.js';
import { machineNow } from '../../../support/processes/machine-clock.js';
import { HEALTHY, judge, LOAD, underLoad } from './traffic.js';

const READS = 500_000;
const WRITES = 6_000;
const WITHIN_MS = 100_000;

/** Runs until both counts are reached or the time is up. The figures then show the counts. */
async function enough(fleet: Fleet): Promise<number> {
  const end = performance.now() + WITHIN_MS;
  for (let reads = 0, writes = 0; (reads < READS || writes < WRITES) && performance.now() < end;) {
    await pause(250);
    const states = await Promise.all(fleet.instances.map((instance) => instance.send('status', undefined)));
    reads = states.reduce((sum, state) => sum + state.reads, 0);
    writes = states.reduce((sum, state) => sum + state.writes, 0);
  }
  return machineNow();
}

describe('two processes without a fault', () => {
  it(`make ${READS} reads beside ${WRITES} writes, and no read is stale`, async () => {
    const { broken, verdict, figures } = await withFleet({ instances: 2, proxied: false }, async (fleet) => {
      const load = { ...LOAD, readers: 16, burst: 16, readPauseMs: 2, writers: 6, writePauseMs: 60 };
      const phases = [{ name: 'healthy', from: Number.NEGATIVE_INFINITY, bound: HEALTHY, settled: true }];
      return judge('healthy', phases, await underLoad(fleet, load, () => enough(fleet)));
    });
    expect(broken).toEqual([]);
    expect(verdict.phases.get('healthy')?.pendingWrites).toBe(0);
    expect(figures.reads).toBeGreaterThanOrEqual(READS);
    expect(figures.writes).toBeGreaterThanOrEqual(WRITES);
  });
});
