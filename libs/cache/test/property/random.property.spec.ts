import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyScenario, channel, connection, loss, noneLate, passing, someLate } from './random-scenarios.js';
import type { Scenario } from './scenario.js';
import { Simulation } from './simulation.js';

/**
 * Runs the caches under random orders of events. A scheduler decides when each step of the store, each reply and each access to
 * the origin happens.
 */
const RUNS = 2_000;
const WITHIN_MS = 60_000;

describe('a cache under any order of events', () => {
  async function holds(scenario: fc.Arbitrary<Scenario>): Promise<void> {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), scenario, (scheduler, generated) => new Simulation(scheduler, generated).run()),
      { numRuns: RUNS },
    );
  }

  it(
    'never reads an older value than acknowledged, without faults',
    async () => {
      await expect(holds(anyScenario(passing, noneLate))).resolves.toBeUndefined();
    },
    WITHIN_MS,
  );
  it(
    'never reads an older value than acknowledged, while the store is lost and restored',
    async () => {
      await expect(holds(anyScenario(fc.oneof(passing, connection, loss), someLate))).resolves.toBeUndefined();
    },
    WITHIN_MS,
  );
  it(
    'reads values within maxStaleness while invalidation messages are lost',
    async () => {
      await expect(holds(anyScenario(fc.oneof(passing, channel), someLate))).resolves.toBeUndefined();
    },
    WITHIN_MS,
  );
});
