import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyScenario, channel, connection, loss, noneLate, passing, someLate } from './random-scenarios.js';
import type { Scenario } from './scenario.js';
import { Simulation } from './simulation.js';

/**
 * The engine under every order of events that chance comes up with. A scheduler decides when each act of the store, each answer on
 * its way back and each access to the origin happens.
 */
const RUNS = 2_000;
const WITHIN_MS = 60_000;

describe('consistency under any order of events', () => {
  async function holds(scenario: fc.Arbitrary<Scenario>): Promise<void> {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), scenario, (scheduler, told) => new Simulation(scheduler, told).run()),
      { numRuns: RUNS },
    );
  }

  it(
    'never reads older than acknowledged, in health',
    async () => {
      await expect(holds(anyScenario(passing, noneLate))).resolves.toBeUndefined();
    },
    WITHIN_MS,
  );
  it(
    'never does while the store comes and goes',
    async () => {
      await expect(holds(anyScenario(fc.oneof(passing, connection, loss), someLate))).resolves.toBeUndefined();
    },
    WITHIN_MS,
  );
  it(
    'reads no older than the bound where nothing is heard',
    async () => {
      await expect(holds(anyScenario(fc.oneof(passing, channel), someLate))).resolves.toBeUndefined();
    },
    WITHIN_MS,
  );
});
