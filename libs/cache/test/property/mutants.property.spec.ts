import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as targeted from './targeted-scenarios.js';
import type { Mutant } from './instance.js';
import * as without from './mutants.js';
import type { Scenario } from './scenario.js';
import { Simulation } from './simulation.js';

/** Tests the properties themselves: with one rule of the protocol left out, they must find a violation. */
const RUNS = 2_000;
const WITHIN_MS = 60_000;

const rules: readonly (readonly [rule: string, mutant: Mutant, scenario: fc.Arbitrary<Scenario>])[] = [
  ['INTENT prevents caching of reads in flight', without.preventCaching, targeted.lostWriters],
  ['INTENT replaces the entry', without.intentReplacesEntry, targeted.lostWriters],
  ['overlapping writes are flagged', without.overlapFlag, targeted.overlappingWriters],
  ['INVALIDATE flags a write in progress', without.invalidationFlag, targeted.overlappingWriters],
  ['a value needs an INTENT acknowledged in time', without.confirmedIntent, targeted.lateAnnouncements],
  ['keys are emptied before tags', without.keysFirst, targeted.listsBesideLateAnnouncements],
  ['DONE prevents sharing of reads in flight', without.preventSharing, targeted.oldFlights],
  ['only flights within maxStaleness are joined', without.boundOfFlights, targeted.oldFlights],
];

describe('the consistency properties find a violation without the rule', () => {
  it.each(rules)(
    '%s',
    async (_, mutant, scenario) => {
      const restore = mutant.install?.();
      const property = fc.asyncProperty(fc.scheduler(), scenario, (scheduler, generated) =>
        new Simulation(scheduler, generated, mutant).run(),
      );
      const { errorInstance } = await fc.check(property, { numRuns: RUNS, endOnFailure: true }).finally(restore);
      expect(String(errorInstance)).toContain('was acknowledged before');
    },
    WITHIN_MS,
  );
});
