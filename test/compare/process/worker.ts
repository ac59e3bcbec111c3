import { setTimeout as pause } from 'node:timers/promises';
import { serveCommands } from '../../support/processes/serve-commands.js';
import {
  type Commands,
  type DeleteAnswer,
  NO_ANSWER,
  type ReadAnswer,
  type ReadCommand,
  type WorkerOptions,
} from './commands.js';
import { type Contender, nameOf, type Row, type SetUp } from '../contender.js';
import { Origin } from './origin.js';
import { makeRequests } from './requests.js';
import { TrafficSessions } from './traffic.js';

/** The program of a process: it runs one contender in one set-up on the commands of the runner. */
const options: WorkerOptions = JSON.parse(process.argv[2] ?? '');
const wallClock = Date.now;
let clockAheadMs = 0;
Date.now = () => wallClock() + clockAheadMs;

/** A process loads only its own contender, because a run starts a hundred processes. */
const LIBRARIES: Readonly<Record<string, () => Promise<readonly SetUp[]>>> = {
  'cache-manager': async () => (await import('../contenders/cache-manager.js')).CACHE_MANAGER,
  bentocache: async () => (await import('../contenders/bentocache.js')).BENTOCACHE,
  cacheable: async () => (await import('../contenders/cacheable.js')).CACHEABLE,
  nuthatch: async () => (await import('../contenders/nuthatch.js')).NUTHATCH,
};

let uncaught = 0;
process.on('unhandledRejection', () => (uncaught += 1));
process.on('uncaughtException', () => (uncaught += 1));

/** The time for connections and subscriptions, because not every library reports that it is ready. */
const SETTLING_MS = 300;

async function open() {
  const setUps = await LIBRARIES[options.library]?.();
  const setUp = setUps?.find((one) => nameOf(one) === options.setUp);
  if (!setUp) throw new Error(`There is no set-up "${options.setUp}".`);
  const origin = await Origin.connect(options.originUrl);
  const contender = await setUp.open(options);
  await contender.readThrough('warm', () => origin.find('warm'));
  await contender.delete('warm');
  await pause(SETTLING_MS);
  return { contender, origin, traffic: new TrafficSessions(contender, origin) };
}

let opening: ReturnType<typeof open> | undefined;
const opened = (): ReturnType<typeof open> => (opening ??= open());

async function readAtOnce({ times = 1 }: ReadCommand, read: () => Promise<Row>): Promise<ReadAnswer> {
  const { origin } = await opened();
  const callsBefore = origin.calls;
  const rows = await Promise.all(Array.from({ length: times }, read));
  return { versions: rows.map(({ version }) => version), originCalls: origin.calls - callsBefore };
}

async function deleteWithin(contender: Contender, key: string, withinMs: number): Promise<DeleteAnswer> {
  const startedAt = performance.now();
  const answer = await Promise.race([
    contender.delete(key).then(
      (value) => JSON.stringify(value) ?? 'undefined',
      (error: unknown) => `rejects: ${error instanceof Error ? error.message : String(error)}`,
    ),
    pause(withinMs, `${NO_ANSWER} in ${withinMs / 1_000} s`),
  ]);
  return { answer, tookMs: performance.now() - startedAt };
}

serveCommands<Commands>({
  async open() {
    await opened();
  },
  begin(traffic) {
    void opened().then((it) => it.traffic.begin(traffic));
  },
  async stop() {
    return (await opened()).traffic.stop();
  },
  async read(what) {
    const { contender, origin } = await opened();
    return readAtOnce(what, () => contender.readThrough(what.key, () => origin.find(what.key, what.loadMs)));
  },
  async readByHand(what) {
    const { contender, origin } = await opened();
    return readAtOnce(what, async () => {
      const known = await contender.get(what.key);
      if (known) return known;
      const row = await origin.find(what.key, what.loadMs);
      await contender.set(what.key, row);
      return row;
    });
  },
  async write(key) {
    const { contender, origin } = await opened();
    await contender.write(key, () => origin.change(key));
  },
  async change(key) {
    await (await opened()).origin.change(key);
  },
  async delete({ key, withinMs }) {
    return deleteWithin((await opened()).contender, key, withinMs);
  },
  advanceClock(ms) {
    clockAheadMs += ms;
  },
  async invalidateTag() {
    await (await opened()).contender.invalidateTag?.();
  },
  async request(requests) {
    const { contender, origin } = await opened();
    const load = (key: string) => origin.find(key, requests.loadMs);
    return makeRequests((index) => contender.readThrough(`cold-${index}`, () => load(`cold-${index}`)), requests);
  },
  async status() {
    return { originCalls: (await opened()).origin.calls, uncaught };
  },
});
