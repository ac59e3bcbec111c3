import type { Result } from './result.js';
import type { ContenderId } from '../roster.js';

/** What one contender is to reach, beside another in the same run. */
export interface Bar<Id extends string = ContenderId> {
  readonly id: Id;
  readonly of: Id;
  /** At least so many times the requests a second of the other. */
  readonly atLeast: number;
}

export interface LatencyBar<Id extends string = ContenderId> {
  readonly id: Id;
  readonly of: Id;
  /** At most so many times the 99th percentile of the other. */
  readonly atMost: number;
}

/**
 * With one user and 64 connections. What passes an interceptor is compared with an interceptor: one that does nothing makes a route
 * slower than any bar here (docs/performance.md).
 */
export const SPEED_BARS: readonly Bar[] = [
  { id: 'nuthatch', atLeast: 1.8, of: 'stock-express' },
  { id: 'nuthatch', atLeast: 0.85, of: 'nest' },
  { id: 'nuthatch-guarded', atLeast: 1.8, of: 'stock-express' },
  { id: 'nuthatch-guarded', atLeast: 0.85, of: 'nest-intercepted' },
  { id: 'nuthatch-early', atLeast: 3, of: 'stock-express' },
  { id: 'nuthatch-early', atLeast: 1.5, of: 'bentocache' },
  { id: 'nuthatch-early', atLeast: 0.75, of: 'fastify' },
  { id: 'nuthatch-l2', atLeast: 1.25, of: 'stock' },
  { id: 'nuthatch-304', atLeast: 1, of: 'nuthatch' },
];

/** With {@link MANY_CONNECTIONS}. */
export const LATENCY_BARS: readonly LatencyBar[] = [
  { id: 'nuthatch', atMost: 2, of: 'fastify' },
  { id: 'nuthatch-early', atMost: 2, of: 'fastify' },
];

/** Whom both are about. */
export const MANY_CONNECTIONS = 1_000;

export interface Strictness {
  /** How far off a bar of speed may be, and one of latency. */
  readonly looseness: number;
  readonly latencyLooseness: number;
  /** What is compared, in words. */
  readonly unit: string;
  readonly speed: (result: Result) => number;
}

export const STRICT: Strictness = {
  looseness: 1,
  latencyLooseness: 1,
  unit: 'requests/s',
  speed: ({ requestsPerSecond }) => requestsPerSecond,
};

/**
 * A quick run is to find what is broken, not what is slow, and others may use the machine meanwhile: what it judges is how many requests
 * a server answers in a second of processor time. Where a server has its core to itself, that is the same.
 */
export const LOOSE: Strictness = {
  looseness: 2,
  // A percentile of a second or two is made by a few slow moments of the machine.
  latencyLooseness: 5,
  unit: 'requests a second of processor time',
  speed: ({ cpuMicros }) => 1e6 / cpuMicros,
};

export interface Verdict {
  readonly what: string;
  readonly wanted: string;
  readonly measured: string;
  readonly held: boolean;
}

export function judgeSpeed<Id extends string>(
  { id, of, atLeast }: Bar<Id>,
  results: readonly Result[],
  { looseness, unit, speed }: Strictness = STRICT,
): Verdict {
  const [one, other] = [resultFor(id, results), resultFor(of, results)];
  const [wanted, measured] = [atLeast / looseness, speed(one) / speed(other)];
  return {
    what: `${unit}: ${one.name}, beside ${other.name}`,
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
  const [wanted, measured] = [atMost * latencyLooseness, one.p99Ms / other.p99Ms];
  return {
    what: `p99 at ${MANY_CONNECTIONS} connections: ${one.name}, beside ${other.name}`,
    wanted: `≤ ${wanted.toFixed(2)} ×`,
    measured: `${measured.toFixed(2)} ×`,
    held: measured <= wanted,
  };
}

function resultFor(id: string, results: readonly Result[]): Result {
  const result = results.find((one) => one.id === id);
  if (!result) throw new Error(`"${id}" was not measured.`);
  return result;
}
