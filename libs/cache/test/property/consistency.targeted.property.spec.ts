import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as aimed from './targeted-scenarios.js';
import type { Scenario } from './scenario.js';
import { Simulation } from './simulation.js';

/** As `consistency.property.spec.ts`, where one rule decides nearly always: what seldom meets by chance is told to meet. */
const RUNS = 2_000;
const WITHIN_MS = 60_000;

const scenarios: readonly (readonly [rule: string, scenario: fc.Arbitrary<Scenario>])[] = [
  ['two writers that overlap leave nothing old', aimed.overlappingWriters],
  ['a value that was announced too late is not stored', aimed.lateAnnouncements],
  ['no list is made of what a late announcement left', aimed.listsBesideLateAnnouncements],
  ['nothing old is kept from beside a writer that was lost', aimed.lostWriters],
  ['nobody joins what is older than the bound', aimed.oldFlights],
  ['no load brings anything old from one connection to the next', aimed.changedConnections],
];

describe('consistency where one rule decides', () => {
  it.each(scenarios)(
    '%s',
    async (_, scenario) => {
      const told = fc.asyncProperty(fc.scheduler(), scenario, (scheduler, told) =>
        new Simulation(scheduler, told).run(),
      );
      await expect(fc.assert(told, { numRuns: RUNS })).resolves.toBeUndefined();
    },
    WITHIN_MS,
  );
});
