import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../../support/eventually.js';
import { PATIENT_MS, withFleet } from '../fleet/fleet.js';
import { machineNow } from '../../../support/processes/machine-clock.js';
import { SPARE_ROWS } from '../worker/rows.js';

const [KEY] = SPARE_ROWS;
/** As long as a write is protected that is not heard of again. */
const INTENT_MS = 10_000;
const LEASE_MS = 1_000;

describe('kill -9', () => {
  it('of a writer between commit and DONE: all read what it committed, and the cache is used again later', async () => {
    await withFleet({ operationTimeoutMs: PATIENT_MS }, async ({ instances: [writer, ...others] }) => {
      const read = () => Promise.all(others.map((instance) => instance.tell('read', { key: KEY })));
      // Everybody holds it in L1.
      await read();
      await writer?.tell('dieWriting', KEY).catch(() => {});
      await writer?.exited;
      const diedAt = machineNow();

      let originCalls = 1;
      while (originCalls > 0) {
        const answers = await read();
        // Nobody was told that it was written, and yet nobody reads what was there before.
        expect(answers.flatMap(({ versions }) => versions)).toEqual([2, 2]);
        originCalls = answers.reduce((sum, answer) => sum + answer.originCalls, 0);
        expect(machineNow() - diedAt).toBeLessThan(INTENT_MS + 2_000);
        await pause(50);
      }
      // Until its intent ended, everybody passed the cache by.
      expect(machineNow() - diedAt).toBeGreaterThan(INTENT_MS - 2_000);
    });
  });

  it('of who holds a lease: others wait for its end at most, and one of them loads', async () => {
    await withFleet({ operationTimeoutMs: PATIENT_MS }, async (fleet) => {
      const [holder, ...others] = fleet.instances;
      void holder?.tell('read', { key: KEY, loadMs: 60_000 }).catch(() => {});
      await eventually(async () => expect(await fleet.command('KEYS', '*:c:row:*')).toHaveLength(1));
      const reading = others.map((instance) => instance.tell('read', { key: KEY, times: 50 }));
      await holder?.kill();

      const answers = await Promise.all(reading);
      expect(answers.reduce((sum, { originCalls }) => sum + originCalls, 0)).toBe(1);
      for (const { longestMs } of answers) expect(longestMs).toBeLessThan(LEASE_MS + 500);
    });
  });
});
