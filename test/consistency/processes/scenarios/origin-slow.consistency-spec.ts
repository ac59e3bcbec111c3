import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { HEALTHY, runScenario } from './scenario.js';

describe('the origin is slow', () => {
  it('and nobody is handed what a load began with before a write, after it', async () => {
    const { broken } = await runScenario({
      name: 'origin-slow',
      bound: HEALTHY,
      load: { slowestLoadMs: 400, readers: 12 },
      fault: () => pause(3_000),
    });
    expect(broken).toEqual([]);
  });
});
