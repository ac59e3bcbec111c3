import type { Contender } from './contender.js';
import type { RunningServer } from './running-server.js';
import type { FreshRedis } from './fresh-redis.js';
import type { LoadGenerator } from './load/load.js';
import type { Sample } from './figures/result.js';

export interface Measuring {
  readonly generator: LoadGenerator;
  readonly connections: number;
  /** The length of the load before each measurement, in which the engine compiles the functions of a request. */
  readonly warmUpSeconds: number;
  /** The length of each measurement. */
  readonly seconds: number;
  readonly rounds: number;
  readonly say: (what: string) => void;
}

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
    await measure(running, redis, { ...measuring, seconds: measuring.warmUpSeconds });
    const sample = await measure(running, redis, measuring);
    await running.check();
    return sample;
  } catch (cause) {
    throw new Error(`${running.contender.id} could not be measured.`, { cause });
  }
}

async function measure(
  running: RunningServer,
  { commandCount }: FreshRedis,
  { generator, connections, seconds }: Measuring,
): Promise<Sample> {
  const { contender, port, userIds } = running;
  const paths = userIds.map((id) => `/users/${id}`);
  const [before, commandsBefore] = [await running.usage(), await commandCount()];
  const report = await generator.run({ port, paths, headers: contender.headers ?? {}, connections, seconds });
  const [after, commandsAfter] = [await running.usage(), await commandCount()];
  if (after.loads > before.loads)
    throw new Error(`It called the origin ${after.loads - before.loads} times, so not all answers were hits.`);
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
