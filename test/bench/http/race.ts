import type { Contender } from './contender.js';
import type { Entrant } from './entrant.js';
import type { Grounds } from './grounds.js';
import type { LoadGenerator } from './load/load.js';
import type { Sample } from './figures/result.js';

export interface Course {
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
export async function race<C extends Contender>(
  contenders: readonly C[],
  grounds: Grounds,
  course: Course,
): Promise<ReadonlyMap<C, readonly Sample[]>> {
  const samples = new Map<C, Sample[]>(contenders.map((contender) => [contender, []]));
  for (let round = 1; round <= course.rounds; round += 1) {
    course.say(`round ${round} of ${course.rounds}`);
    for (const [contender, seen] of samples) {
      seen.push(await grounds.withEntrant(contender, (entrant) => run(entrant, grounds, course)));
    }
  }
  return samples;
}

async function run(entrant: Entrant, grounds: Grounds, course: Course): Promise<Sample> {
  try {
    await measure(entrant, grounds, { ...course, seconds: course.warmUpSeconds });
    const sample = await measure(entrant, grounds, course);
    await entrant.check();
    return sample;
  } catch (cause) {
    throw new Error(`${entrant.contender.id} could not be measured.`, { cause });
  }
}

async function measure(
  entrant: Entrant,
  { redisCommands }: Grounds,
  { generator, connections, seconds }: Course,
): Promise<Sample> {
  const { contender, port, userIds } = entrant;
  const paths = userIds.map((id) => `/users/${id}`);
  const [before, commandsBefore] = [await entrant.usage(), await redisCommands()];
  const report = await generator.run({ port, paths, headers: contender.headers ?? {}, connections, seconds });
  const [after, commandsAfter] = [await entrant.usage(), await redisCommands()];
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
