import { setTimeout as pause } from 'node:timers/promises';
import { processesOf, type Run, withProcesses } from '../processes.js';
import type { TrafficReport } from '../process/commands.js';
import { nameOf, type SetUp } from '../contender.js';
import { eachSetUp } from './each-set-up.js';
import { GRACE_MS, Observations, type Staleness } from '../process/observations.js';
import { count, duration, percent, table } from '../figures/table.js';
import type { Workload } from './workload.js';

const READERS = 32;
const WRITERS_OF_EACH_KEY = 2;

interface Result extends Staleness {
  readonly reads: number;
  readonly ownWritesMissed: number;
  readonly failed: number;
}

const HEADINGS = [
  '',
  '>processes',
  '>reads',
  '>writes',
  `>writes not seen ${GRACE_MS} ms later`,
  '>own writes missed',
  '>oldest answer',
];

/** Runs readers and writers, and counts the writes that reads missed long after the acknowledgement. */
export const staleReads: Workload = {
  name: 'stale-reads',
  async compare(run) {
    const { rows, ours, peers, faults } = await eachSetUp(run, {
      purpose: 'healthy',
      // Each set-up needs the machine for itself.
      atOnce: 1,
      measure: (setUp) => underTraffic(run, setUp),
      cellsOf,
    });
    const total = (of: (result: Result) => number): string => count(ours.reduce((sum, [, one]) => sum + of(one), 0));
    return {
      table: table(HEADINGS, rows),
      inShort:
        `With two writers per key, peers serve a value older than an acknowledged write ${GRACE_MS} ms later for ` +
        `${sharesOf(peers, false)} of the writes (${sharesOf(peers, true)} for memory caches without invalidation messages); ` +
        `Nuthatch for ${total(({ missedWrites }) => missedWrites)} of ${total(({ writes }) => writes)}. ` +
        `${whoMissed(ours)} of Nuthatch missed its own write.`,
      faults: [...faults, ...ours.flatMap(faultsOf)],
    };
  },
};

async function underTraffic(run: Run, setUp: SetUp): Promise<Result> {
  return withProcesses(run, setUp, { processes: processesOf(setUp, 2) }, async ({ processes }) => {
    const share = 1 / processes.length;
    const traffic = { readers: READERS * share, writersOfEachKey: WRITERS_OF_EACH_KEY * share };
    await Promise.all(processes.map((one) => one.send('begin', traffic)));
    await pause(run.seconds * 1_000);
    const reports = await Promise.all(processes.map((one) => one.send('stop', undefined)));
    const sum = (of: (report: TrafficReport) => number): number =>
      reports.reduce((total, report) => total + of(report), 0);
    return {
      reads: sum(({ reads }) => reads),
      ownWritesMissed: sum(({ ownWritesMissed }) => ownWritesMissed),
      failed: sum(({ failed }) => failed),
      ...Observations.of(reports.flatMap(({ seen }) => seen)).staleness(),
    };
  });
}

function whoMissed(ours: readonly (readonly [SetUp, Result])[]): string {
  return ours.some(([, { ownWritesMissed }]) => ownWritesMissed > 0) ? 'A writer' : 'No writer';
}

function cellsOf({ reads, writes, missedWrites, ownWritesMissed, oldestMs }: Result, setUp: SetUp): string[] {
  const missed = missedWrites === 0 ? '**0**' : `${percent(missedWrites, writes)} (${count(missedWrites)})`;
  const own = ownWritesMissed === 0 ? '**0**' : count(ownWritesMissed);
  return [String(processesOf(setUp, 2)), count(reads), count(writes), missed, own, duration(oldestMs)];
}

/** Returns "0.3 % to 0.8 %" for the set-ups whose memory receives no invalidations, or for the others. */
function sharesOf(peers: readonly (readonly [SetUp, Result])[], untold: boolean): string {
  const shares = peers
    .filter(([{ tiers, shared, bus }]) => (shared && !bus && tiers.startsWith('L1')) === untold)
    .map(([, { missedWrites, writes }]) => missedWrites / Math.max(1, writes));
  return [...new Set([Math.min(...shares), Math.max(...shares)].map((share) => percent(share, 1)))].join(' to ');
}

function faultsOf([setUp, result]: readonly [SetUp, Result]): string[] {
  const { reads, writes, missedWrites, ownWritesMissed, failed } = result;
  const found = [
    [missedWrites, `writes were not seen ${GRACE_MS} ms later`],
    [ownWritesMissed, 'own writes were missed'],
    [failed, 'operations failed'],
    [Number(reads === 0 || writes === 0), 'kind of operation is missing'],
  ] as const;
  return found.filter(([number]) => number > 0).map(([number, what]) => `${nameOf(setUp)}: ${number} ${what}`);
}
