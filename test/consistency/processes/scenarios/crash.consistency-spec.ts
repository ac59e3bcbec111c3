import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../../support/eventually.js';
import { PATIENT_MS, withFleet } from '../fleet/fleet.js';
import { machineNow } from '../../../support/processes/machine-clock.js';
import { SPARE_ROWS } from '../worker/rows.js';

const [KEY, OTHER_KEY] = SPARE_ROWS;
/** How long the intent of a writer that crashed protects its write. */
const INTENT_MS = 10_000;
const LEASE_MS = 1_000;

describe('a process is killed', () => {
  it('a writer between commit and DONE: the others read the new version, and the entry is cached again after the intent ends', async () => {
    await withFleet({ operationTimeoutMs: PATIENT_MS }, async ({ instances: [writer, ...others] }) => {
      const read = () => Promise.all(others.map((instance) => instance.send('read', { key: KEY })));
      // Each process holds the row in L1.
      await read();
      await writer?.send('dieWriting', KEY).catch(() => {});
      await writer?.exited;
      const diedAt = machineNow();

      let originCalls = 1;
      while (originCalls > 0) {
        const answers = await read();
        // No invalidation arrived, and still no process reads the old version.
        expect(answers.flatMap(({ versions }) => versions)).toEqual([2, 2]);
        originCalls = answers.reduce((sum, answer) => sum + answer.originCalls, 0);
        expect(machineNow() - diedAt).toBeLessThan(INTENT_MS + 2_000);
        await pause(50);
      }
      // Until the intent ended, all processes bypassed the cache.
      expect(machineNow() - diedAt).toBeGreaterThan(INTENT_MS - 2_000);
    });
  });

  it('a reader with a lease: the others wait until the lease ends, and one of them loads', async () => {
    await withFleet({ operationTimeoutMs: PATIENT_MS }, async (fleet) => {
      const [holder, ...others] = fleet.instances;
      // A process that may not read from Redis yet would load at once.
      for (const instance of others)
        await eventually(async () =>
          expect(await instance.send('read', { key: OTHER_KEY, strong: true })).toMatchObject({ originCalls: 0 }),
        );
      void holder?.send('read', { key: KEY, loadMs: 60_000 }).catch(() => {});
      await eventually(async () => expect(await fleet.command('KEYS', `*:c:row:*${KEY}`)).toHaveLength(1));
      const reading = others.map((instance) => instance.send('read', { key: KEY, times: 50 }));
      await holder?.kill();

      const answers = await Promise.all(reading);
      expect(answers.reduce((sum, { originCalls }) => sum + originCalls, 0)).toBe(1);
      for (const { longestMs } of answers) expect(longestMs).toBeLessThan(LEASE_MS + 500);
    });
  });
});
