import type { HealthIndicatorStatus } from '@nestjs/terminus';

/** What a probe knows of the two things an instance depends on. */
export interface Dependencies {
  readonly databaseUp: boolean;
  /** `none`: no Redis is configured, the in-process tier is all there is. */
  readonly redis: 'up' | 'away' | 'none';
  readonly cacheRequired: boolean;
}

/**
 * Judges each dependency by what its loss means for this instance, so that Terminus' own rule (one `down` is an `error`, one
 * `degraded` is `degraded`) sums up to the right answer:
 *
 * | database | Redis | sum        | because                                     |
 * |----------|-------|------------|---------------------------------------------|
 * | up       | up    | `ok`       |                                             |
 * | up       | none  | `ok`       | it was meant so, unless a cache is required |
 * | up       | away  | `degraded` | correct, but slow; `error` when required    |
 * | away     | up    | `degraded` | cached and stale answers                    |
 * | away     | away  | `error`    | nothing left to answer from                 |
 * | away     | none  | `error`    | what one process remembers does not last    |
 */
export function dependencyStatuses(state: Dependencies): {
  database: HealthIndicatorStatus;
  redis: HealthIndicatorStatus;
} {
  return { database: databaseStatus(state), redis: redisStatus(state) };
}

function databaseStatus({ databaseUp, redis }: Dependencies): HealthIndicatorStatus {
  if (databaseUp) return 'up';
  return redis === 'up' ? 'degraded' : 'down';
}

function redisStatus({ databaseUp, redis, cacheRequired }: Dependencies): HealthIndicatorStatus {
  if (redis === 'up') return 'up';
  if (cacheRequired) return 'down';
  if (redis === 'none') return 'up';
  return databaseUp ? 'degraded' : 'down';
}
