import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runScenario } from './scenario.js';
import { HEALTHY } from './traffic.js';

describe('a slow origin', () => {
  it('never gives a read after a write the value of a load that began before the write', async () => {
    const { broken } = await runScenario({
      name: 'the origin takes up to 400 ms',
      bound: HEALTHY,
      load: { slowestLoadMs: 400, readers: 12 },
      fault: () => pause(3_000),
    });
    expect(broken).toEqual([]);
  });
});
