import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { HEALTHY, runScenario } from './scenario.js';

describe('a slow origin', () => {
  it('never gives a read after a write the value of a load that began before the write', async () => {
    const { broken } = await runScenario({
      name: 'origin-slow',
      bound: HEALTHY,
      load: { slowestLoadMs: 400, readers: 12 },
      fault: () => pause(3_000),
    });
    expect(broken).toEqual([]);
  });
});
