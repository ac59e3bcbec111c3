import { type Run, withProcesses } from '../processes.js';
import type { RequestsReport } from '../process/commands.js';
import { nameOf, type SetUp } from '../contender.js';
import { DEADLINE_MS } from '../contenders/nuthatch.js';
import { eachSetUp } from './each-set-up.js';
import { duration, table } from '../figures/table.js';
import type { Workload } from './workload.js';

const COUNT = 390;
const EVERY_MS = 5;
const LOAD_MS = 20;

interface Result extends RequestsReport {
  readonly uncaught: number;
}

/** Stops Redis as a debugger stops a process: connections stay open, and no command gets a reply. */
export const redisFrozen: Workload = {
  name: 'redis-frozen',
  async compare(run) {
    const watchMs = run.quick ? 2_000 : 10_000;
    const within = `${watchMs / 1_000} s`;
    const { rows, ours, peers, faults } = await eachSetUp(run, {
      purpose: 'faulty',
      atOnce: 3,
      measure: (setUp) => requestMeanwhile(run, setUp, watchMs),
      cellsOf,
    });
    const stuck = peers.filter(([, { settled }]) => settled < COUNT);
    const longest = Math.max(...ours.map(([, { longestMs }]) => longestMs));
    return {
      table: table(
        ['', '>settled within 1 s', `>within ${within}`, '>rejected', '>longest that settled', '>uncaught errors'],
        rows,
      ),
      inShort: `While Redis is frozen, ${stuck.length} of ${peers.length} peer set-ups leave requests without an answer for ${within}. With Nuthatch all ${COUNT} settle, the last after ${duration(longest)}.`,
      faults: [...faults, ...ours.flatMap(faultsOf)],
    };
  },
};

async function requestMeanwhile(run: Run, setUp: SetUp, watchMs: number): Promise<Result> {
  return withProcesses(run, setUp, { processes: 1 }, async ({ redis, first }) => {
    redis.freeze();
    const requests = { count: COUNT, everyMs: EVERY_MS, loadMs: LOAD_MS, watchMs };
    const report = await first.send('request', requests, COUNT * EVERY_MS * 3 + watchMs + 5_000);
    const { uncaught } = await first.send('status', undefined);
    return { uncaught, ...report };
  });
}

function cellsOf({ withinOneSecond, settled, rejected, longestMs, uncaught }: Result): string[] {
  const longest = settled === 0 ? '–' : duration(longestMs);
  return [`${withinOneSecond} of ${COUNT}`, `${settled} of ${COUNT}`, String(rejected), longest, String(uncaught)];
}

/** A request makes at most two Redis operations, before and after its load. Delays of the event loop add to both. */
function faultsOf([setUp, result]: readonly [SetUp, Result]): string[] {
  const { settled, rejected, longestMs, longestLoopDelayMs, uncaught } = result;
  const mostMs = 2 * (DEADLINE_MS + longestLoopDelayMs) + LOAD_MS;
  const faults = [
    ...(settled === COUNT ? [] : [`${COUNT - settled} requests did not settle`]),
    ...(longestMs <= mostMs ? [] : [`a request took ${duration(longestMs)}, not at most ${duration(mostMs)}`]),
    ...(rejected === 0 ? [] : [`${rejected} requests were rejected`]),
    ...(uncaught === 0 ? [] : [`${uncaught} uncaught errors`]),
  ];
  return faults.map((fault) => `${nameOf(setUp)}: ${fault}`);
}
