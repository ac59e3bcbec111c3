import type { Entrant } from './entrant.js';
import type { LoadGenerator } from './load.js';
import type { Sample } from './result.js';

export interface Course {
  readonly generator: LoadGenerator;
  readonly connections: number;
  /** Of each measurement. */
  readonly seconds: number;
  /** Besides the first, in which engines warm up and nothing is measured. */
  readonly rounds: number;
  /** How many commands Redis has carried out. */
  readonly redisCommands: () => Promise<number>;
  readonly say: (what: string) => void;
}

/** At least: a look at Redis is many functions, which the engine compiles one by one. */
const WARM_UP_SECONDS = 2;

/** Before each measurement: whoever stood idle has lost the caches of the processor, and perhaps memory, to the others. */
const WAKE_UP_SECONDS = 1;

/** Everybody in turn, round after round, so that a slow moment of the machine meets all alike. */
export async function race(
  entrants: readonly Entrant[],
  course: Course,
): Promise<ReadonlyMap<Entrant, readonly Sample[]>> {
  const samples = new Map<Entrant, Sample[]>(entrants.map((entrant) => [entrant, []]));
  for (let round = 0; round <= course.rounds; round += 1) {
    course.say(round === 0 ? 'warming up' : `round ${round} of ${course.rounds}`);
    for (const [entrant, seen] of samples) {
      const idleNoMore = round === 0 ? Math.max(WARM_UP_SECONDS, course.seconds) : WAKE_UP_SECONDS;
      await measure(entrant, { ...course, seconds: idleNoMore });
      if (round > 0) seen.push(await measure(entrant, course));
    }
  }
  for (const entrant of entrants) await entrant.check();
  return samples;
}

async function measure(entrant: Entrant, { generator, connections, seconds, redisCommands }: Course): Promise<Sample> {
  const { contender, port, userIds } = entrant;
  const paths = userIds.map((id) => `/users/${id}`);
  const [before, commandsBefore] = [await entrant.usage(), await redisCommands()];
  const report = await generator.run({ port, paths, headers: contender.headers ?? {}, connections, seconds });
  const [after, commandsAfter] = [await entrant.usage(), await redisCommands()];
  if (after.loads > before.loads)
    throw new Error(`${contender.id} loaded ${after.loads - before.loads} times: those are no hits.`);
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
