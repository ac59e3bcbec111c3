import { setTimeout as pause } from 'node:timers/promises';
import { NESTED_PATIENCE_MS } from '../../../../libs/cache/src/core/read/read-request.js';
import type { RunReport, Workload } from '../worker/commands.js';
import { type Fleet, type FleetOptions, OPERATION_TIMEOUT_MS, withFleet } from '../fleet/fleet.js';
import { type Bound, checkHistory, type Phase, type Verdict } from '../history/history.js';
import { LoopStalls, type Stall } from '../worker/loop-stalls.js';
import { machineNow } from '../../../support/processes/machine-clock.js';
import { OperationLog } from '../history/operation.js';
import { type Figures, figuresOf, writeReport } from '../history/report.js';

/**
 * The bounds of docs/consistency, in milliseconds. A process of a fleet shares its processor with the others, and is not held to
 * what happened while it stood still; the report says how old reads were with that time.
 */
export const HEALTHY: Bound = { strong: 0, read: 50, awake: true };
/** Somebody cannot hear, or cannot be told. */
const FAULTY: Bound = { strong: 0, read: 1_000 };

/** How long it is healthy before a fault, and after. */
const CALM_MS = 800;
/** Within what Redis is used again after a fault. */
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
   * What goes wrong, and its end. Without an outbox other processes learn of a pending write when it is applied, and what they
   * hold lives its TTL until then: that is when the fault is over.
   */
  readonly fault: (fleet: Fleet) => Promise<void>;
  /** What is promised meanwhile. @default what holds where somebody cannot hear */
  readonly bound?: Bound;
  /** How long a reader may wait for a process that was loading and is not heard of any more, in milliseconds. @default 0 */
  readonly leaseMs?: number;
}

export interface Outcome {
  readonly verdict: Verdict;
  readonly figures: Figures;
  /** Every promise that was not kept, in words. */
  readonly broken: readonly string[];
}

/** How often a scenario is run before who was late each time is late. */
const TRIES = 3;

/**
 * Traffic before, during and after a fault, and what the history says of it.
 *
 * What was answered must be right at the first try. How long it took is also up to the machine, which may run others: only who was
 * late in each of several runs, all of them right, is late.
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
      // Processes that have just started are busy compiling themselves: they hear late, and operations time out.
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

interface Loaded {
  readonly reports: readonly RunReport[];
  /** Of this process, through which all the others reach Redis. */
  readonly proxyStalls: readonly Stall[];
  readonly healedAt: number;
}

/** Traffic on every instance for as long as `during` runs; it answers when all was well again. */
export async function underLoad(fleet: Fleet, load: Workload, during: () => Promise<number>): Promise<Loaded> {
  const stalls = new LoopStalls();
  await Promise.all(fleet.instances.map((instance) => instance.tell('begin', load)));
  const healedAt = await during();
  const reports = await Promise.all(fleet.instances.map((instance) => instance.tell('stop', undefined)));
  stalls.end();
  return { healedAt, reports, proxyStalls: stalls.all };
}

export async function judge(name: string, phases: readonly Phase[], loaded: Loaded): Promise<Outcome> {
  const { reports, healedAt, proxyStalls } = loaded;
  const operations = OperationLog.of(reports.flatMap((report) => report.operations));
  const stalls = new Map(reports.map((report, instance) => [instance, report.stalls]));
  // A read waits for this process, and for the one that loads: neither is to blame for a machine that runs others.
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

/** How much later than it is due a timer may be that is not counted as a stall, and the answer of a busy machine. */
const SLACK_MS = 20;

function waitedTooLong({ longestLoadMs, latency, firstHitAfterMs }: Figures, { leaseMs = 0 }: Scenario): string[] {
  // At worst a reader waits for another's load, which a write makes useless, and then for its own.
  const mostMs = 2 * (OPERATION_TIMEOUT_MS + longestLoadMs) + leaseMs + SLACK_MS;
  // A load that reads the cache waits there once more, and for the loads of others no longer than it may.
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
