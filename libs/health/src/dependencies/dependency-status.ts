import type { HealthIndicatorStatus } from '@nestjs/terminus';

/** Describes the two servers that an instance depends on. */
export interface Dependencies {
  readonly database: 'up' | 'read-only' | 'down';
  /**
   * `refusing` means that Redis refuses operations of the cache, or that the invalidation channel is not verified. `none` means that
   * no Redis is configured: the in-process tier is the only tier.
   */
  readonly redis: 'up' | 'refusing' | 'down' | 'none';
  readonly cacheRequired: boolean;
}

/**
 * Returns the status of each dependency by the effect of its loss on this instance. Terminus' rule (one `down` makes `error`,
 * one `degraded` makes `degraded`) then gives the right sum:
 *
 * | database  | Redis    | sum        | reason                                        |
 * |-----------|----------|------------|-----------------------------------------------|
 * | up        | up       | `ok`       |                                               |
 * | up        | none     | `ok`       | configured so; `error` if a cache is required |
 * | up        | refusing | `degraded` | correct, but slow                             |
 * | up        | down     | `degraded` | correct, but slow; `error` if required        |
 * | read-only | any      | `degraded` | reads only; Redis counts as with `up`         |
 * | down      | up       | `degraded` | cached and stale responses                    |
 * | down      | refusing | `error`    | what Redis still gives may be outdated        |
 * | down      | down     | `error`    | no source is left                             |
 * | down      | none     | `error`    | the memory of one process is no source        |
 */
export function dependencyStatuses(state: Dependencies): {
  database: HealthIndicatorStatus;
  redis: HealthIndicatorStatus;
} {
  return { database: databaseStatus(state), redis: redisStatus(state) };
}

function databaseStatus({ database, redis }: Dependencies): HealthIndicatorStatus {
  if (database === 'up') return 'up';
  if (database === 'read-only') return 'degraded';
  return redis === 'up' ? 'degraded' : 'down';
}

function redisStatus({ database, redis, cacheRequired }: Dependencies): HealthIndicatorStatus {
  if (redis === 'up') return 'up';
  if (redis === 'refusing') return 'degraded';
  if (cacheRequired) return 'down';
  if (redis === 'none') return 'up';
  return database === 'down' ? 'down' : 'degraded';
}
