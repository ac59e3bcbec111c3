import { setTimeout as pause } from 'node:timers/promises';
import { NESTED_PATIENCE_MS } from '../../../../libs/cache/src/core/read/read-request.js';
import type { RunReport, Workload } from '../worker/commands.js';
import { type Fleet, type FleetOptions, OPERATION_TIMEOUT_MS, PATIENT_MS, withFleet } from '../fleet/fleet.js';
import { type Bound, checkHistory, type Phase, type Verdict } from '../history/history.js';
import { LoopStalls, type Stall } from '../worker/loop-stalls.js';
import { machineNow } from '../../../support/processes/machine-clock.js';
import { OperationLog } from '../history/operation.js';
import { type Figures, figuresOf, writeReport } from '../history/report.js';

/**
 * The bounds of docs/consistency.md, in milliseconds. The processes of a fleet share a processor, so the time in which a process did
 * not run is excluded. The report also shows the staleness with that time.
 */
export const HEALTHY: Bound = { strong: 0, read: 50, awake: true };
/** For the time in which a process cannot receive or send invalidations. */
export const FAULTY: Bound = { strong: 0, read: 1_000 };

/**
 * For a Redis that answers, and refuses: pending writes of other processes count too. No operation times out on a busy machine,
 * because Redis may carry out a write late that its process counts as pending.
 */
export const ANSWERING: Pick<Scenario, 'bound' | 'operationTimeoutMs'> = {
  bound: { ...FAULTY, pendingCounts: true },
  operationTimeoutMs: PATIENT_MS,
};

/** The time without a fault before and after a fault. */
const CALM_MS = 800;
/** The longest time until Redis is used again after a fault. */
const FIRST_HIT_MS = 5_000;
export const LOAD: Workload = {
  readers: 4,
  burst: 4,
  readPauseMs: 10,
  strongShare: 0.1,
  writers: 2,
  writePauseMs: 40,
  slowestLoadMs: 20,
};

export interface Scenario extends FleetOptions {
  readonly name: string;
  readonly load?: Partial<Workload>;
  /**
   * Causes the fault and ends it. Other processes receive the invalidation of a pending write when it is applied, and may hold the
   * old entry until then. So the fault is over when nothing is pending.
   */
  readonly fault: (fleet: Fleet) => Promise<void>;
  /** The promise during the fault. @default the bound for processes that cannot receive invalidations */
  readonly bound?: Bound;
  /** How long a reader may wait for a load of a process that is gone, in milliseconds. @default 0 */
  readonly leaseMs?: number;
}

export interface Outcome {
  readonly verdict: Verdict;
  readonly figures: Figures;
  /** The broken promises. */
  readonly broken: readonly string[];
}

/** How many runs must be late before the scenario fails for being late. */
const TRIES = 2;

/**
 * Runs traffic before, during and after a fault, and checks its history.
 *
 * All values must be right in the first run. Latency also depends on the load of the machine, so a scenario fails for being late only
 * if several runs with right values were all late.
 */
export async function runScenario(scenario: Scenario): Promise<Outcome> {
  const late: string[] = [];
  for (;;) {
    const outcome = await runOnce(scenario);
    if (outcome.broken.length > 0 || outcome.late.length === 0) return outcome;
    late.push(outcome.late.join());
    if (late.length === TRIES) return { ...outcome, broken: [late.join(', after ')] };
  }
}

async function runOnce(scenario: Scenario): Promise<Outcome & { readonly late: readonly string[] }> {
  return withFleet(scenario, async (fleet) => {
    const { name, load, fault, bound = FAULTY } = scenario;
    const phases: Phase[] = [{ name: 'start', from: Number.NEGATIVE_INFINITY, bound: FAULTY, settled: false }];
    const loaded = await underLoad(fleet, { ...LOAD, ...load }, async () => {
      // New processes are busy compiling code: they receive messages late, and their operations time out.
      await pause(CALM_MS);
      await fleet.settled();
      phases.push({ name: 'before', from: machineNow(), bound: HEALTHY, settled: true });
      await pause(CALM_MS);
      phases.push({ name: 'fault', from: machineNow(), bound, settled: false });
      await fault(fleet);
      const healedAt = machineNow();
      await fleet.settled();
      phases.push({ name: 'after', from: machineNow(), bound: HEALTHY, settled: true });
      await pause(CALM_MS);
      return healedAt;
    });
    const outcome = await judge(name, phases, loaded);
    return { ...outcome, late: waitedTooLong(outcome.figures, scenario) };
  });
}

export interface Loaded {
  readonly reports: readonly RunReport[];
  /** The stalls of this process, whose proxies connect the other processes to Redis. */
  readonly proxyStalls: readonly Stall[];
  readonly healedAt: number;
}

/** Runs traffic on every instance while `during` runs. `during` returns when the fault ended. */
export async function underLoad(
  fleet: Pick<Fleet, 'instances'>,
  load: Workload,
  during: () => Promise<number>,
): Promise<Loaded> {
  const stalls = new LoopStalls();
  await Promise.all(fleet.instances.map((instance) => instance.send('begin', load)));
  const healedAt = await during();
  const reports = await Promise.all(fleet.instances.map((instance) => instance.send('stop', undefined)));
  stalls.end();
  return { healedAt, reports, proxyStalls: stalls.all };
}

export async function judge(name: string, phases: readonly Phase[], loaded: Loaded): Promise<Outcome> {
  const { reports, healedAt, proxyStalls } = loaded;
  const operations = OperationLog.of(reports.flatMap((report) => report.operations));
  const stalls = new Map(reports.map((report, instance) => [instance, report.stalls]));
  // A read waits for this process and for the process that loads. Neither is late because of a busy machine.
  const byTheMachine = [...reports.flatMap((report) => report.stalls), ...proxyStalls].filter(({ meant }) => !meant);
  const waits = new Map(reports.map((report, instance) => [instance, [...report.stalls, ...byTheMachine]]));
  const verdict = checkHistory(operations, phases, stalls);
  const figures = figuresOf({ operations, phases, reports, stalls: waits, healedAt });
  await writeReport(name, { verdict, figures });
  const { failed, unsettled, unhandledRejections } = figures;
  const broken = [
    ...verdict.violations.map((violation) => JSON.stringify(violation)),
    ...Object.entries(failed).map(([error, count]) => `${count} operations failed: ${error}`),
    ...(unsettled > 0 ? [`${unsettled} operations were never settled`] : []),
    ...(unhandledRejections > 0 ? [`${unhandledRejections} rejections were not handled`] : []),
  ];
  return { verdict, figures, broken };
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
