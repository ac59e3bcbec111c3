import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as targeted from './targeted-scenarios.js';
import type { Scenario } from './scenario.js';
import { Simulation } from './simulation.js';

/** Like `random.property.spec.ts`, with scenarios in which one rule decides: chance alone rarely generates them. */
const RUNS = 2_000;
const WITHIN_MS = 60_000;

const scenarios: readonly (readonly [rule: string, scenario: fc.Arbitrary<Scenario>])[] = [
  ['two overlapping writers leave no old value', targeted.overlappingWriters],
  ['a value that was announced too late is not stored', targeted.lateAnnouncements],
  ['no list is built from the items of a late announcement', targeted.listsBesideLateAnnouncements],
  ['no old value is kept after a lost writer', targeted.lostWriters],
  ['no read joins a flight older than maxStaleness', targeted.oldFlights],
  ['no load carries an old value from one connection to the next', targeted.changedConnections],
];

describe('a cache where one rule decides', () => {
  it.each(scenarios)(
    '%s',
    async (_, scenario) => {
      const property = fc.asyncProperty(fc.scheduler(), scenario, (scheduler, generated) =>
        new Simulation(scheduler, generated).run(),
      );
      await expect(fc.assert(property, { numRuns: RUNS })).resolves.toBeUndefined();
    },
    WITHIN_MS,
  );
});
