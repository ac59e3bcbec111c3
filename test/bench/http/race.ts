import type { Contender } from './contender.js';
import type { Entrant } from './entrant.js';
import type { Grounds } from './grounds.js';
import type { LoadGenerator } from './load/load.js';
import type { Sample } from './figures/result.js';

export interface Course {
  readonly generator: LoadGenerator;
  readonly connections: number;
  /** Of load before each measurement: a look at Redis is many functions, which the engine compiles one by one. */
  readonly warmUpSeconds: number;
  /** Of each measurement. */
  readonly seconds: number;
  readonly rounds: number;
  readonly say: (what: string) => void;
}

/**
 * Everybody in turn, round after round, so that a slow moment of the machine meets all alike. Each time by a new server, which is
 * alone: two servers of one program differ, by how the engine happened to compile it and where its memory lies, in figures of two
 * digits of per cent; and one that stands idle beside others has lost its memory to them when its turn comes.
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
  if (after.loads > before.loads) throw new Error(`It loaded ${after.loads - before.loads} times: those are no hits.`);
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
