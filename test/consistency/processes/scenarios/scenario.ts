import { NESTED_PATIENCE_MS } from '../../../../libs/cache/src/core/read/read-request.js';
import { writeFailureMode } from './failure-modes.js';
import type { Bound } from '../history/history.js';
import type { Figures } from '../history/report.js';
import { type Fleet, type FleetOptions, OPERATION_TIMEOUT_MS, PATIENT_MS, withFleet } from '../fleet/fleet.js';
import type { Workload } from '../worker/commands.js';
import { FAULTY, HEALTHY, LOAD } from './traffic.js';
import { type FaultFigures, underFault } from './under-fault.js';

/**
 * For a Redis that answers, and refuses: pending writes of other processes count too. No operation times out on a busy machine,
 * because Redis may carry out a write late that its process counts as pending.
 */
export const ANSWERING: Pick<Scenario, 'bound' | 'operationTimeoutMs'> = {
  bound: { ...FAULTY, pendingCounts: true },
  operationTimeoutMs: PATIENT_MS,
};

/** The longest time until Redis is used again after a fault. */
const FIRST_HIT_MS = 5_000;

export interface Scenario extends FleetOptions {
  /** The fault, as docs/operations/failure-modes.md names it. */
  readonly name: string;
  readonly load?: Partial<Workload>;
  /** Causes the fault and ends it. */
  readonly fault: (fleet: Fleet) => Promise<void>;
  /** The promise during the fault. @default the bound for processes that cannot receive invalidations */
  readonly bound?: Bound;
  /** How long a reader may wait for a load of a process that is gone, in milliseconds. @default 0 */
  readonly leaseMs?: number;
}

/** How many runs must be late before the scenario fails for being late. */
const TRIES = 2;

/**
 * Runs traffic before, during and after a fault, checks its history, and writes its figures into the table of failure modes.
 *
 * All values must be right in the first run. Latency also depends on the load of the machine, so a scenario fails for being late only
 * if several runs with right values were all late.
 */
export async function runScenario(scenario: Scenario): Promise<FaultFigures> {
  const late: string[] = [];
  for (;;) {
    const outcome = await runOnce(scenario);
    const reasons = waitedTooLong(outcome.figures, scenario);
    if (outcome.broken.length > 0) return outcome;
    if (reasons.length === 0) {
      await writeFailureMode(outcome);
      return outcome;
    }
    late.push(reasons.join());
    if (late.length === TRIES) return { ...outcome, broken: [late.join(', after ')] };
  }
}

function runOnce(scenario: Scenario): Promise<FaultFigures> {
  const { name, load, fault, bound = FAULTY } = scenario;
  return withFleet(scenario, (fleet) =>
    underFault(fleet, {
      name,
      cause: () => fault(fleet),
      load: { ...LOAD, ...load },
      bounds: { during: bound, after: HEALTHY },
    }),
  );
}

/** The delay of timers and replies on a busy machine that does not count as a stall. */
const SLACK_MS = 20;

function waitedTooLong({ longestLoadMs, latency, firstHitAfterMs }: Figures, { leaseMs = 0 }: Scenario): string[] {
  // At worst a reader waits for the load of another reader, which a write makes useless, and then for its own load.
  const mostMs = 2 * (OPERATION_TIMEOUT_MS + longestLoadMs) + leaseMs + SLACK_MS;
  // A load that reads the cache waits once more, and for the loads of others only up to its limit.
  const mostNestedMs = 2 * mostMs + NESTED_PATIENCE_MS;
  const { longestAwakeMs = 0, longestNestedMs = 0 } = latency['fault'] ?? {};
  return [
    ...(longestAwakeMs > mostMs ? [`a read took ${longestAwakeMs} ms, not at most ${mostMs} ms`] : []),
    ...(longestNestedMs > mostNestedMs
      ? [`a nested read took ${longestNestedMs} ms, not at most ${mostNestedMs} ms`]
      : []),
    ...(firstHitAfterMs === undefined || firstHitAfterMs > FIRST_HIT_MS
      ? [`the first hit came ${firstHitAfterMs} ms after the fault, not within ${FIRST_HIT_MS} ms`]
      : []),
  ];
}
