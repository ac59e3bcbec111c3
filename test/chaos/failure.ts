import { setTimeout as pause } from 'node:timers/promises';
import { settled } from '../consistency/processes/fleet/fleet.js';
import type { Phase } from '../consistency/processes/history/history.js';
import { OperationLog } from '../consistency/processes/history/operation.js';
import {
  FAULTY,
  HEALTHY,
  judge,
  LOAD,
  type Loaded,
  type Outcome,
  underLoad,
} from '../consistency/processes/scenarios/scenario.js';
import { stalledMs } from '../consistency/processes/worker/loop-stalls.js';
import { machineNow } from '../support/processes/machine-clock.js';
import type { Fleet } from '../consistency/processes/fleet/fleet.js';

const CALM_MS = 800;
const SETTLED_WITHIN_MS = 30_000;
const SAMPLE_MS = 50;
const SOME_WRITES = 5;

/** Processes on several servers. */
export interface ChaosFleet extends Pick<Fleet, 'instances'> {
  end(): Promise<void>;
}

export interface Failure<F extends ChaosFleet> {
  /** The fault, as the table names it. */
  readonly fault: string;
  /** Causes the fault, and resolves when the servers agree again and every process can reach them. */
  readonly cause: (fleet: F) => Promise<void>;
  /** Until every process has an invalidation applied again, in milliseconds. @default 1_000 */
  readonly writesWithinMs?: number;
}

/** The outcome of one fault. Times are milliseconds. */
export interface FailureFigures extends Outcome {
  readonly fault: string;
  /** Each `lastError` that a process reported meanwhile. */
  readonly reported: readonly string[];
  readonly longestReadMs: number;
  /** Until every process had an invalidation applied again, since the servers agreed. */
  readonly writesAfterMs: number;
  /** Until every process used the cache again, since the servers agreed. */
  readonly healedAfterMs: number;
  /** How many reads missed a write of their own process, and how old the others were, of writes that Redis had acknowledged. */
  readonly staleMs: { readonly own: number; readonly strong: number; readonly other: number };
  readonly failed: number;
}

/** Runs traffic before, during and after a fault, and checks its history. */
export async function runFailure<F extends ChaosFleet>(
  { fault, cause }: Failure<F>,
  start: () => Promise<F>,
): Promise<FailureFigures> {
  const fleet = await start();
  try {
    await settled(fleet.instances, SETTLED_WITHIN_MS);
    const reported = new Set<string>();
    const phases: Phase[] = [{ name: 'start', from: Number.NEGATIVE_INFINITY, bound: FAULTY, settled: false }];
    let healedAfterMs = 0;
    const loaded = await underLoad(fleet, LOAD, async () => {
      // New processes are busy compiling code.
      await pause(CALM_MS);
      await settled(fleet.instances, SETTLED_WITHIN_MS);
      phases.push({ name: 'before', from: machineNow(), bound: HEALTHY, settled: true });
      await pause(CALM_MS);
      phases.push({ name: 'fault', from: machineNow(), bound: FAULTY, settled: false });
      const stop = sample(fleet, reported);
      try {
        await cause(fleet);
        const agreedAt = machineNow();
        await settled(fleet.instances, SETTLED_WITHIN_MS);
        healedAfterMs = machineNow() - agreedAt;
        phases.push({ name: 'after', from: machineNow(), bound: FAULTY, settled: true });
        await Promise.all([pause(CALM_MS), someWrites(fleet)]);
        return agreedAt;
      } finally {
        await stop();
      }
    });
    const outcome = await judge(fault, phases, loaded);
    const { latency, failed } = outcome.figures;
    const { promisedMs, ownMissed } = outcome.verdict.phases.get('fault') ?? {};
    return {
      ...outcome,
      fault,
      reported: [...reported].toSorted(),
      longestReadMs: latency['fault']?.longestAwakeMs ?? 0,
      writesAfterMs: writesAfter(loaded),
      healedAfterMs,
      staleMs: { own: ownMissed ?? 0, strong: promisedMs?.strong ?? 0, other: promisedMs?.read ?? 0 },
      failed: Object.values(failed).reduce((sum, count) => sum + count, 0),
    };
  } finally {
    await fleet.end();
  }
}

/** Waits until each process has written some rows more. On a busy machine, a process may not run for a second. */
async function someWrites({ instances }: ChaosFleet): Promise<void> {
  const end = performance.now() + SETTLED_WITHIN_MS;
  await Promise.all(
    instances.map(async (instance) => {
      const { writes: before } = await instance.send('status', undefined);
      while ((await instance.send('status', undefined)).writes < before + SOME_WRITES && performance.now() < end)
        await pause(SAMPLE_MS);
    }),
  );
}

/** Collects what the processes report, until the returned function is called. */
function sample({ instances }: ChaosFleet, reported: Set<string>): () => Promise<void> {
  const sampling = { on: true };
  const work = (async () => {
    while (sampling.on) {
      const states = await Promise.all(instances.map((instance) => instance.send('status', undefined)));
      for (const { redis, masters } of states)
        for (const { lastError } of [redis, ...masters]) if (lastError !== undefined) reported.add(lastError);
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
