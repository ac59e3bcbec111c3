import { freshKey, type Process, processesOf, type Run, withProcesses } from '../processes.js';
import { nameOf, type SetUp } from '../contender.js';
import { eachSetUp } from './each-set-up.js';
import { table } from '../figures/table.js';
import type { Workload } from './workload.js';

const PROCESSES = 4;
const READERS = 100;
const REQUESTS = 50;
const LOAD_MS = 200;

/** The number of origin calls. */
interface Result {
  /** For a set-up whose processes share a Redis. */
  readonly fleet: number | undefined;
  readonly byHand: number;
  readonly readThrough: number;
}

const HEADINGS = [
  '',
  `>${PROCESSES} processes × ${READERS} readers`,
  `>${REQUESTS} requests by \`get\` and \`set\``,
  `>${REQUESTS} by \`wrap\`, \`getOrSet\`, \`readThrough\``,
];

/** Counts the database queries when all readers want one row that is not cached. */
export const stampede: Workload = {
  name: 'stampede',
  async compare(run) {
    const { rows, ours, peers, faults } = await eachSetUp(run, {
      purpose: 'healthy',
      atOnce: 2,
      measure: (setUp) => crowd(run, setUp),
      cellsOf,
    });
    return {
      table: table(HEADINGS, rows),
      inShort: `On a cold key, ${PROCESSES * READERS} readers in ${PROCESSES} processes query the database ${callsIn(peers)} with peers and ${callsIn(ours)} with Nuthatch.`,
      faults: [...faults, ...ours.flatMap(faultsOf)],
    };
  },
};

async function crowd(run: Run, setUp: SetUp): Promise<Result> {
  return withProcesses(run, setUp, { processes: processesOf(setUp, PROCESSES) }, async ({ processes, first }) => {
    const fleet = setUp.shared ? await callsOf(processes, READERS) : undefined;
    const what = { key: freshKey(), times: REQUESTS, loadMs: LOAD_MS };
    const { originCalls: byHand } = await first.send('readByHand', what);
    return { fleet, byHand, readThrough: await callsOf([first], REQUESTS) };
  });
}

async function callsOf(processes: readonly Process[], times: number): Promise<number> {
  const what = { key: freshKey(), times, loadMs: LOAD_MS };
  const answers = await Promise.all(processes.map((one) => one.send('read', what)));
  return answers.reduce((sum, { originCalls }) => sum + originCalls, 0);
}

function cellsOf({ fleet, byHand, readThrough }: Result): string[] {
  return [fleet === undefined ? '–' : String(fleet), String(byHand), String(readThrough)];
}

/** Returns "once", "4 times" or "4 to 6 times". */
function callsIn(results: readonly (readonly [SetUp, Result])[]): string {
  const calls = results.flatMap(([, { fleet = [] }]) => fleet);
  const range = [...new Set([Math.min(...calls), Math.max(...calls)])].join(' to ');
  return range === '1' ? 'once' : `${range} times`;
}

function faultsOf([setUp, { fleet = 1, readThrough }]: readonly [SetUp, Result]): string[] {
  return [fleet, readThrough].filter((calls) => calls !== 1).map((calls) => `${nameOf(setUp)}: ${calls} origin calls`);
}
