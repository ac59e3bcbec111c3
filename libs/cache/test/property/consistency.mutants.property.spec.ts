import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as aimed from './targeted-scenarios.js';
import type { Mutant } from './instance.js';
import * as without from './mutants.js';
import type { Scenario } from './scenario.js';
import { Simulation } from './simulation.js';

/** The properties are tested themselves: with one rule of the engine left out, they find what that breaks. */
const RUNS = 2_000;
const WITHIN_MS = 60_000;

const rules: readonly (readonly [rule: string, mutant: Mutant, scenario: fc.Arbitrary<Scenario>])[] = [
  ['INTENT poisons reads', without.poisonByIntent, aimed.lostWriters],
  ['INTENT replaces the entry', without.marksOfWrites, aimed.lostWriters],
  ['writes that overlap are marked', without.marksOfOverlap, aimed.overlappingWriters],
  ['a write is marked by INVALIDATE', without.marksOfInvalidation, aimed.overlappingWriters],
  ['a value needs an INTENT in time', without.vouching, aimed.lateAnnouncements],
  ['keys are emptied before tags', without.keysFirst, aimed.listsBesideLateAnnouncements],
  ['DONE detaches flights', without.detachment, aimed.oldFlights],
  ['only young flights are joined', without.boundOfFlights, aimed.oldFlights],
];

describe('consistency is broken without', () => {
  it.each(rules)(
    '%s',
    async (_, mutant, scenario) => {
      const mend = mutant.install?.();
      const told = fc.asyncProperty(fc.scheduler(), scenario, (scheduler, told) =>
        new Simulation(scheduler, told, mutant).run(),
      );
      const { errorInstance } = await fc.check(told, { numRuns: RUNS, endOnFailure: true }).finally(mend);
      expect(String(errorInstance)).toContain('was acknowledged before');
    },
    WITHIN_MS,
  );
});
