import { medianRatio } from '../../median.js';
import type { Verdict } from '../../verdict.js';
import type { Result, Sample } from './result.js';
import { count } from '../../../compare/figures/table.js';
import type { ContenderId } from '../all-contenders.js';

/** The speed that one contender must reach, relative to another in the same run. */
export interface Bar<Id extends string = ContenderId> {
  readonly id: Id;
  readonly of: Id;
  /** The least ratio of its requests per second of processor time to the other's. */
  readonly atLeast: number;
}

export interface LatencyBar<Id extends string = ContenderId> {
  readonly id: Id;
  readonly of: Id;
  /** The greatest ratio of its 99th percentile to the other's. */
  readonly atMost: number;
}

/**
 * Judged with 64 connections. A contender that uses an interceptor is compared with an interceptor, because even one
 * that does nothing makes a route slower than any bar here (docs/performance.md).
 */
export const SPEED_BARS: readonly Bar[] = [
  { id: 'nuthatch', atLeast: 3, of: 'stock-express' },
  { id: 'nuthatch', atLeast: 1.5, of: 'bentocache' },
  { id: 'nuthatch', atLeast: 0.75, of: 'fastify' },
  { id: 'nuthatch', atLeast: 0.85, of: 'nest' },
  { id: 'nuthatch-guarded', atLeast: 1.8, of: 'stock-express' },
  { id: 'nuthatch-guarded', atLeast: 0.85, of: 'nest-intercepted' },
  { id: 'nuthatch-l2', atLeast: 1.25, of: 'stock' },
  { id: 'nuthatch-304', atLeast: 1, of: 'nuthatch' },
  // `npm run bench:overhead` measures this cost. Two servers of the same program differ by more from one run to the next.
  { id: 'nuthatch-metrics', atLeast: 0.95, of: 'nuthatch' },
  { id: 'nuthatch-l2-in-turn', atLeast: 1.3, of: 'stock-in-turn' },
  { id: 'nuthatch-l2-20k', atLeast: 1.6, of: 'stock-20k' },
  { id: 'nuthatch-miss', atLeast: 0.85, of: 'bentocache-miss' },
  { id: 'nuthatch-write', atLeast: 0.75, of: 'bentocache-write' },
];

/** Judged with {@link MANY_CONNECTIONS}. */
export const LATENCY_BARS: readonly LatencyBar[] = [{ id: 'nuthatch', atMost: 2, of: 'fastify' }];

/** The number of connections of the latency bars. */
export const MANY_CONNECTIONS = 1_000;

export interface Strictness {
  /** By which factor a bar of speed may be missed, and a bar of latency. */
  readonly looseness: number;
  readonly latencyLooseness: number;
}

export const STRICT: Strictness = { looseness: 1, latencyLooseness: 1 };

/**
 * A quick run looks for broken contenders, not for slow ones: it has one short round, in which the engine still compiles, on a
 * machine that may be busy. In a run of a second or two, a few slow moments of the machine decide the percentile.
 */
export const LOOSE: Strictness = { looseness: 4, latencyLooseness: 5 };

/**
 * Returns how many requests a server answers per second of its processor time. A server that has a core of its own and never waits
 * answers as many per second. The requests per second also depend on the load generator and on other processes of the machine.
 */
function speed({ cpuMicros }: Sample): number {
  return 1e6 / cpuMicros;
}

export function judgeSpeed<Id extends string>(
  { id, of, atLeast }: Bar<Id>,
  results: readonly Result[],
  { looseness }: Strictness = STRICT,
): Verdict {
  const [one, other] = [resultFor(id, results), resultFor(of, results)];
  const [wanted, measured] = [atLeast / looseness, ratio(one, other, speed)];
  return {
    what: `requests per second of processor time: ${one.name}, beside ${other.name}`,
    ours: count(Math.round(speed(one))),
    other: count(Math.round(speed(other))),
    wanted: `≥ ${wanted.toFixed(2)} ×`,
    measured: `${measured.toFixed(2)} ×`,
    held: measured >= wanted,
  };
}

export function judgeLatency<Id extends string>(
  { id, of, atMost }: LatencyBar<Id>,
  results: readonly Result[],
  { latencyLooseness }: Strictness = STRICT,
): Verdict {
  const [one, other] = [resultFor(id, results), resultFor(of, results)];
  const [wanted, measured] = [atMost * latencyLooseness, ratio(one, other, ({ p99Ms }) => p99Ms)];
  return {
    what: `p99 at ${MANY_CONNECTIONS} connections: ${one.name}, beside ${other.name}`,
    ours: `${one.p99Ms.toFixed(2)} ms`,
    other: `${other.p99Ms.toFixed(2)} ms`,
    wanted: `≤ ${wanted.toFixed(2)} ×`,
    measured: `${measured.toFixed(2)} ×`,
    held: measured <= wanted,
  };
}

function ratio(one: Result, other: Result, figure: (sample: Sample) => number): number {
  return medianRatio(one.samples.map(figure), other.samples.map(figure));
}

function resultFor(id: string, results: readonly Result[]): Result {
  const result = results.find((one) => one.id === id);
  if (!result) throw new Error(`"${id}" was not measured.`);
  return result;
}
