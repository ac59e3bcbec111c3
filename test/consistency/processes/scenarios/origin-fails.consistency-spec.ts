import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { PATIENT_MS, withFleet } from '../fleet/fleet.js';
import { SPARE_ROWS } from '../worker/rows.js';
import { runScenario } from './scenario.js';
import { HEALTHY } from './traffic.js';

const [KEY] = SPARE_ROWS;
const FAILING_SHARE = 0.2;

describe('an origin that fails', () => {
  it('passes its error to exactly the readers of the failed load, and no read is stale', async () => {
    const { broken, figures } = await runScenario({
      name: 'a fifth of the origin calls fail for 3 s',
      bound: HEALTHY,
      async fault({ instances }) {
        await Promise.all(instances.map((instance) => instance.send('failOrigin', FAILING_SHARE)));
        await pause(3_000);
        await Promise.all(instances.map((instance) => instance.send('failOrigin', 0)));
      },
    });
    expect(broken).toEqual([]);
    expect(figures.originFailed).toBeGreaterThan(50);
  });

  it('commits a write and reports a failure: no process reads the old version', async () => {
    await withFleet({ operationTimeoutMs: PATIENT_MS }, async ({ instances }) => {
      const read = () => Promise.all(instances.map((instance) => instance.send('read', { key: KEY })));
      expect((await read()).flatMap(({ versions }) => versions)).toEqual([1, 1, 1]);
      await instances[0]?.send('loseWrite', KEY);
      for (let count = 0; count < 20; count += 1) {
        const versions = (await read()).flatMap((answer) => answer.versions);
        expect(versions).toEqual([2, 2, 2]);
        await pause(25);
      }
    });
  });
});
