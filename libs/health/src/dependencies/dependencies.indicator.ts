import { Inject, Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService, type HealthIndicatorStatus } from '@nestjs/terminus';
import { REDIS_CONNECTION, type RedisConnection } from '@nuthatch/redis';
import { DatabaseMonitor } from './database-monitor.service.js';
import { HEALTH_OPTIONS, type HealthOptions } from '../health-options.js';
import { type Dependencies, dependencyStatuses } from './dependency-status.js';

/** Tells how the database and Redis are, from what is known already: no I/O, no waiting, no throwing. */
@Injectable()
export class DependenciesIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly database: DatabaseMonitor,
    @Inject(REDIS_CONNECTION) private readonly redis: Pick<RedisConnection, 'state'> | null,
    @Inject(HEALTH_OPTIONS) private readonly options: HealthOptions,
  ) {}

  check(): HealthIndicatorResult<'database' | 'redis'> {
    const redis = this.redis?.state;
    const { up: connected, schemaReady } = this.database;
    const verdict = dependencyStatuses({
      databaseUp: connected && schemaReady,
      redis: stateOf(redis),
      cacheRequired: this.options.cacheRequired,
    });
    return {
      ...this.#indicate('database', verdict.database, { connected, schemaReady }),
      ...this.#indicate('redis', verdict.redis, redis ? { ...redis } : WITHOUT_REDIS),
    };
  }

  #indicate<const Key extends string>(
    key: Key,
    status: HealthIndicatorStatus,
    data: object,
  ): HealthIndicatorResult<Key> {
    const indicator = this.indicators.check(key);
    if (status === 'down') return indicator.down({ ...data });
    return status === 'degraded' ? indicator.degraded({ ...data }) : indicator.up({ ...data });
  }
}

const WITHOUT_REDIS = { mode: 'none', connected: false, tier: 'in-process' };

function stateOf(redis: RedisConnection['state'] | undefined): Dependencies['redis'] {
  if (redis === undefined) return 'none';
  return redis.connected ? 'up' : 'away';
}
