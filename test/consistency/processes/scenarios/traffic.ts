import type { RunReport, Workload } from '../worker/commands.js';
import type { TrafficFleet } from '../fleet/instance.js';
import { type Bound, checkHistory, type Phase, type Verdict } from '../history/history.js';
import { LoopStalls, type Stall } from '../worker/loop-stalls.js';
import { OperationLog } from '../history/operation.js';
import { type Figures, figuresOf, writeReport } from '../history/report.js';

/**
 * The bounds of docs/consistency.md, in milliseconds. The processes of a fleet share a processor, so the time in which a process did
 * not run is excluded. The report also shows the staleness with that time.
 */
export const HEALTHY: Bound = { strong: 0, read: 50, awake: true };
/** For the time in which a process cannot receive or send invalidations. */
export const FAULTY: Bound = { strong: 0, read: 1_000 };

export const LOAD: Workload = {
  readers: 4,
  burst: 4,
  readPauseMs: 10,
  strongShare: 0.1,
  writers: 2,
  writePauseMs: 40,
  slowestLoadMs: 20,
};

export interface Outcome {
  readonly verdict: Verdict;
  readonly figures: Figures;
  /** The broken promises. */
  readonly broken: readonly string[];
}

export interface Loaded {
  readonly reports: readonly RunReport[];
  /** The stalls of this process, whose proxies connect the other processes to Redis. */
  readonly proxyStalls: readonly Stall[];
  readonly healedAt: number;
}

/** Runs traffic on every instance while `during` runs. `during` returns when the fault ended. */
export async function underLoad(fleet: TrafficFleet, load: Workload, during: () => Promise<number>): Promise<Loaded> {
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
