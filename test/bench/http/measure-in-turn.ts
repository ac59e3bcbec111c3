import { checkCalls } from './check-calls.js';
import type { Contender } from './contender.js';
import type { RunningServer } from './running-server.js';
import type { FreshRedis } from './fresh-redis.js';
import type { Load, LoadGenerator, Paths } from './load/load.js';
import type { Sample } from './figures/result.js';

export interface Measuring {
  readonly generator: LoadGenerator;
  readonly connections: number;
  readonly warmUp: WarmUp;
  /** The length of each measurement. */
  readonly seconds: number;
  readonly rounds: number;
  readonly say: (what: string) => void;
}

/** The load before each measurement, in which the engine compiles the functions of a request. */
export interface WarmUp {
  readonly leastSeconds: number;
  readonly mostSeconds: number;
}

/** A contender is warm once the processor time of a request changes by less than this from one second to the next. */
export const STEADY = 0.03;

/**
 * Measures all contenders in turn, round after round, so that a slow moment of the machine affects all alike. Each measurement
 * starts a new server, which runs alone. Two servers of one program differ by more than ten per cent, depending on compilation and
 * memory layout, and a server that idles beside others loses its processor caches to them.
 */
export async function measureInTurn<C extends Contender>(
  contenders: readonly C[],
  redis: FreshRedis,
  measuring: Measuring,
): Promise<ReadonlyMap<C, readonly Sample[]>> {
  const samples = new Map<C, Sample[]>(contenders.map((contender) => [contender, []]));
  for (let round = 1; round <= measuring.rounds; round += 1) {
    measuring.say(`round ${round} of ${measuring.rounds}`);
    for (const [contender, seen] of samples) {
      seen.push(await redis.withServer(contender, (running) => run(running, redis, measuring)));
    }
  }
  return samples;
}

async function run(running: RunningServer, redis: FreshRedis, measuring: Measuring): Promise<Sample> {
  try {
    await warmUp(measuring.warmUp, async () => (await measure(running, redis, { ...measuring, seconds: 1 })).cpuMicros);
    const sample = await measure(running, redis, measuring);
    await running.check();
    return sample;
  } catch (cause) {
    throw new Error(`${running.contender.id} could not be measured.`, { cause });
  }
}

/** Loads a contender until it is as fast as it gets. Contenders differ in how long that takes, by their amount of code. */
export async function warmUp({ leastSeconds, mostSeconds }: WarmUp, second: () => Promise<number>): Promise<void> {
  let before = await second();
  for (let seconds = 2; seconds <= mostSeconds; seconds += 1) {
    const now = await second();
    if (seconds >= leastSeconds && Math.abs(now - before) < STEADY * before) return;
    before = now;
  }
}

async function measure(
  running: RunningServer,
  { commandCount }: FreshRedis,
  { generator, connections, seconds }: Measuring,
): Promise<Sample> {
  const { traffic } = running.contender;
  const [before, commandsBefore] = [await running.usage(), await commandCount()];
  const report = await generator.run({ ...requestsTo(running), connections, seconds });
  const [after, commandsAfter] = [await running.usage(), await commandCount()];
  checkCalls(traffic.requests, before, after, report.requests);
  const cpuMicros = after.cpuMicros - before.cpuMicros;
  return {
    requestsPerSecond: report.requests / report.seconds,
    p50Ms: report.p50Ms,
    p99Ms: report.p99Ms,
    cpuMicros: cpuMicros / report.requests,
    coreShare: cpuMicros / (report.seconds * 1e6),
    redisCommands: (commandsAfter - commandsBefore) / report.requests,
  };
}

type Requests = Omit<Load, 'connections' | 'seconds'>;

/** Misses ask for users that no earlier run of this server has asked for. */
function requestsTo(running: RunningServer): Requests {
  const { contender, port, userIds } = running;
  const { requests } = contender.traffic;
  const paths: Paths =
    requests === 'misses'
      ? { numbered: `/users/${running.nextIds()}` }
      : { inTurn: userIds.map((id) => `/users/${id}`) };
  const headers = contender.headers ?? {};
  return requests === 'writes'
    ? { port, paths, headers, method: 'PATCH', body: '{"name":"Ada Lovelace"}' }
    : { port, paths, headers, method: 'GET' };
}
