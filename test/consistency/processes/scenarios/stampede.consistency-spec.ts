import { describe, expect, it } from 'vitest';
import { PATIENT_MS, withFleet } from '../fleet/fleet.js';
import { SPARE_ROWS } from '../worker/rows.js';

describe('a stampede', () => {
  it('of 400 readers in 4 processes on a cold key calls the origin once', async () => {
    await withFleet({ instances: 4, operationTimeoutMs: PATIENT_MS }, async ({ instances }) => {
      for (const key of SPARE_ROWS) {
        const stampede = instances.map((instance) => instance.send('read', { key, times: 100, loadMs: 200 }));
        const answers = await Promise.all(stampede);
        expect(answers.flatMap(({ versions }) => versions)).toEqual(Array.from({ length: 400 }, () => 1));
        expect(answers.reduce((sum, { originCalls }) => sum + originCalls, 0)).toBe(1);
      }
    });
  });
});
