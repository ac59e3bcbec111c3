import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../../support/eventually.js';
import { type Processes, freshKey, processesOf, type Run, withProcesses } from '../processes.js';
import { nameOf, type SetUp } from '../contender.js';
import { eachSetUp } from './each-set-up.js';
import { lookFor, type Seen, worst } from './watch-value.js';
import { table } from '../figures/table.js';
import type { Workload } from './workload.js';

const SLOW_LOAD_MS = 600;
const ATTEMPTS = 5;
/** Many times the delay of a message. */
const HEARD_WITHIN_MS = 200;
const AWAY_MS = 500;
/** All clients reconnect within 2 s with their default strategies. */
const RECONNECTED_MS = 3_000;
const CLOCK_AHEAD_MS = 2_000;

/** The results in the order of the columns, or the reason why a set-up has no such race. */
type Result = readonly (Seen | string)[];

const HEADINGS = [
  '',
  'a load that began before a write ends after it',
  'a tag is invalidated during a load',
  'cut off during a write, then connected again',
  `a tag is invalidated; the clock of the filling process is ${CLOCK_AHEAD_MS / 1_000} s ahead`,
];

/** Provokes orders of events that are rare by chance. */
export const races: Workload = {
  name: 'races',
  async compare(run) {
    const { rows, ours, peers, faults } = await eachSetUp(run, {
      purpose: 'healthy',
      atOnce: 4,
      measure: (setUp) => everyRace(run, setUp),
      cellsOf: (result) => result.map((one) => (typeof one === 'string' ? one : one.text)),
    });
    const losers = peers.filter(([, result]) => result.some((one) => typeof one !== 'string' && one.sight === 'stale'));
    return {
      table: table(HEADINGS, rows),
      inShort: `${losers.length} of ${peers.length} peer set-ups lose at least one of four provoked races, and still serve the old value ${lastsMs(run) / 1_000} s later.`,
      faults: [...faults, ...ours.flatMap(faultsOf)],
    };
  },
};

async function everyRace(run: Run, setUp: SetUp): Promise<Result> {
  const processes = processesOf(setUp, 2);
  const [[late, cutOff], [tag, clock]] = await Promise.all([
    withProcesses(run, setUp, { processes, proxied: setUp.bus }, async (started) => [
      await lateLoad(run, started, (key) => started.other.send('write', key)),
      setUp.bus ? await missedMessage(run, started) : `– (${setUp.shared ? 'no bus' : 'one process'})`,
    ]),
    setUp.tags
      ? withProcesses(run, setUp, { processes, tagged: true }, async (started) => [
          await lateLoad(run, started, (key) => changeBehindTag(started, key)),
          setUp.shared ? await clockAhead(run, started) : '– (one clock)',
        ])
      : ['– (no tags)', '– (no tags)'],
  ]);
  return [late, tag, cutOff, clock].map((one) => one ?? '–');
}

/** Runs a load that reads the row before `change` and ends after it, and returns what both processes read then. */
async function lateLoad(run: Run, started: Processes, change: (key: string) => Promise<void>): Promise<Seen> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const key = freshKey();
    if (await loadsAround(started, key, () => change(key))) return lookAtBoth(run, started, key);
  }
  throw new Error(`The load ended before the write, ${ATTEMPTS} times.`);
}

/** Returns whether the load of `key` lasted longer than `change`, which it may not on a busy machine. */
async function loadsAround({ first }: Processes, key: string, change: () => Promise<void>): Promise<boolean> {
  const { originCalls } = await first.send('status', undefined);
  let loaded = false;
  const loading = first.send('read', { key, loadMs: SLOW_LOAD_MS }).finally(() => (loaded = true));
  await eventually(async () => {
    if ((await first.send('status', undefined)).originCalls === originCalls) throw new Error('The load has not begun.');
  });
  await change();
  const around = !loaded;
  await loading;
  return around;
}

/** Disconnects one process while the other writes. */
async function missedMessage(run: Run, { first, other, proxies: [proxy] }: Processes): Promise<Seen> {
  const key = freshKey();
  await first.send('read', { key });
  await other.send('read', { key });
  proxy?.refuse();
  proxy?.cut();
  await pause(AWAY_MS);
  await other.send('write', key);
  await pause(AWAY_MS);
  await proxy?.accept();
  await pause(RECONNECTED_MS);
  const seen = await lookFor(1, first, { key, forMs: lastsMs(run) });
  const { uncaught } = await first.send('status', undefined);
  return uncaught > 0 ? { ...seen, text: `${seen.text}; ${uncaught} uncaught errors` } : seen;
}

/** Sets the clock of the process that stores an entry ahead of the process that invalidates its tag. */
async function clockAhead(run: Run, started: Processes): Promise<Seen> {
  const key = freshKey();
  await started.first.send('advanceClock', CLOCK_AHEAD_MS);
  await started.first.send('read', { key });
  await started.other.send('read', { key });
  await changeBehindTag(started, key);
  return lookAtBoth(run, started, key);
}

async function changeBehindTag({ other }: Processes, key: string): Promise<void> {
  await other.send('change', key);
  await other.send('invalidateTag', undefined);
}

async function lookAtBoth(run: Run, { first, other }: Processes, key: string): Promise<Seen> {
  await pause(HEARD_WITHIN_MS);
  const look = { key, forMs: lastsMs(run) };
  return worst(...(await Promise.all([lookFor(1, first, look), lookFor(1, other, look)])));
}

function lastsMs({ quick }: Run): number {
  return quick ? 1_000 : 5_000;
}

function faultsOf([setUp, result]: readonly [SetUp, Result]): string[] {
  const lost = result.filter((one): one is Seen => typeof one !== 'string' && one.sight !== 'new');
  return lost.map(({ text }) => `${nameOf(setUp)}, a race: ${text}`);
}
