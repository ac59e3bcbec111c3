import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { eventually } from '../../../support/eventually.js';
import { machineNow } from '../../../support/processes/machine-clock.js';
import { settled } from '../fleet/fleet.js';
import type { TrafficFleet } from '../fleet/instance.js';
import type { Bound, Phase } from '../history/history.js';
import { OperationLog } from '../history/operation.js';
import type { Workload } from '../worker/commands.js';
import { stalledMs } from '../worker/loop-stalls.js';
import { FAULTY, HEALTHY, judge, type Loaded, type Outcome, underLoad } from './traffic.js';

/** The time without a fault before and after a fault. */
const CALM_MS = 800;
const SETTLED_WITHIN_MS = 30_000;
const SAMPLE_MS = 50;

export interface Fault {
  /** The fault, as docs/operations/failure-modes.md names it. */
  readonly name: string;
  /** Causes the fault, and resolves when it has ended. */
  readonly cause: () => Promise<void>;
  readonly load: Workload;
  /** How long new processes compile code: they receive messages late, and their operations time out. @default 800 */
  readonly warmUpMs?: number;
  /** The promise during the fault, and after it. */
  readonly bounds: { readonly during: Bound; readonly after: Bound };
}

/** The outcome of one fault. Times are milliseconds. */
export interface FaultFigures extends Outcome {
  readonly fault: string;
  /** Each `lastError` that a process reported meanwhile. */
  readonly reported: readonly string[];
  readonly longestReadMs: number;
  /** Until every process had an invalidation applied again, since the end of the fault. */
  readonly writesAfterMs: number;
  /** Until every process used the cache again, since the end of the fault. */
  readonly healedAfterMs: number;
  /** How many reads missed a write of their own process, and how old the others were, of writes that Redis had acknowledged. */
  readonly staleMs: { readonly own: number; readonly strong: number; readonly other: number };
  readonly failed: number;
}

/**
 * Runs traffic before, during and after a fault, and checks its history. The fault is over when nothing is pending: other processes
 * receive the invalidation of a pending write when it is applied, and may hold the old entry until then.
 */
export async function underFault(
  fleet: TrafficFleet,
  { name, cause, load, bounds, warmUpMs = CALM_MS }: Fault,
): Promise<FaultFigures> {
  const { instances } = fleet;
  const reported = new Set<string>();
  const phases: Phase[] = [{ name: 'start', from: Number.NEGATIVE_INFINITY, bound: FAULTY, settled: false }];
  let healedAfterMs = 0;
  const loaded = await underLoad(fleet, load, async () => {
    await pause(warmUpMs);
    await settled(instances, SETTLED_WITHIN_MS);
    phases.push({ name: 'before', from: machineNow(), bound: HEALTHY, settled: true });
    await pause(CALM_MS);
    phases.push({ name: 'fault', from: machineNow(), bound: bounds.during, settled: false });
    const stop = sample(fleet, reported);
    try {
      await cause();
      const endedAt = machineNow();
      await settled(instances, SETTLED_WITHIN_MS);
      healedAfterMs = machineNow() - endedAt;
      phases.push({ name: 'after', from: machineNow(), bound: bounds.after, settled: true });
      await Promise.all([pause(CALM_MS), someWrites(fleet, load.writers + 1)]);
      return endedAt;
    } finally {
      await stop();
    }
  });
  const outcome = await judge(name, phases, loaded);
  const { latency, failed } = outcome.figures;
  const { promisedMs, ownMissed } = outcome.verdict.phases.get('fault') ?? {};
  return {
    ...outcome,
    fault: name,
    reported: [...reported].toSorted(),
    longestReadMs: latency['fault']?.longestAwakeMs ?? 0,
    writesAfterMs: writesAfter(loaded),
    healedAfterMs,
    staleMs: { own: ownMissed ?? 0, strong: promisedMs?.strong ?? 0, other: promisedMs?.read ?? 0 },
    failed: Object.values(failed).reduce((sum, count) => sum + count, 0),
  };
}

/** Waits until each process has written some rows more. On a busy machine, a process may not run for a second. */
async function someWrites({ instances }: TrafficFleet, more: number): Promise<void> {
  await Promise.all(
    instances.map(async (instance) => {
      const writes = async (): Promise<number> => (await instance.send('status', undefined)).writes;
      const least = (await writes()) + more;
      await eventually(async () => expect(await writes()).toBeGreaterThanOrEqual(least), { within: SETTLED_WITHIN_MS });
    }),
  );
}

/** Collects what the processes report, until the returned function is called. */
function sample({ instances }: TrafficFleet, reported: Set<string>): () => Promise<void> {
  const sampling = { on: true };
  const work = (async () => {
    while (sampling.on) {
      const states = await Promise.all(instances.map((instance) => instance.send('status', undefined)));
      for (const lastError of states.flatMap(({ lastErrors }) => lastErrors)) reported.add(lastError);
      await pause(SAMPLE_MS);
    }
  })();
  return async () => {
    sampling.on = false;
    await work;
  };
}

/** Without the time in which the process did not run: a busy machine is no fault of Redis. */
function writesAfter({ reports, healedAt }: Loaded): number {
  const first = reports.map(({ operations, stalls }) => {
    for (const { kind, pending, start, end } of OperationLog.of(operations))
      if (kind === 'write' && !pending && start >= healedAt) return end - healedAt - stalledMs(stalls, healedAt, end);
    return Number.POSITIVE_INFINITY;
  });
  return Math.max(...first);
}
