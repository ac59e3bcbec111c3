import { Inject, Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService, type HealthIndicatorStatus } from '@nestjs/terminus';
import { REDIS_CONNECTION, type RedisConnection } from '@nuthatch/redis';
import { HEALTH_OPTIONS, type HealthOptions } from '../health-options.js';
import { DatabaseMonitor } from './database-monitor.service.js';
import { type Dependencies, dependencyStatuses } from './dependency-status.js';

/** Reports the state of the database and of Redis from memory. It does no I/O, does not wait and does not throw. */
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
    const { up: connected, schemaReady, readOnly, lastError } = this.database;
    const statuses = dependencyStatuses({
      database: databaseState(this.database),
      redis: stateOf(redis),
      cacheRequired: this.options.cacheRequired,
    });
    return {
      ...this.#indicate('database', statuses.database, {
        connected,
        schemaReady,
        ...(readOnly && { readOnly }),
        ...(lastError !== undefined && { lastError }),
      }),
      ...this.#indicate('redis', statuses.redis, redis ? { ...redis } : WITHOUT_REDIS),
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

function databaseState({ up, schemaReady, readOnly }: DatabaseMonitor): Dependencies['database'] {
  if (!up || !schemaReady) return 'down';
  return readOnly ? 'read-only' : 'up';
}

function stateOf(redis: RedisConnection['state'] | undefined): Dependencies['redis'] {
  if (redis === undefined) return 'none';
  return redis.connected ? 'up' : 'down';
}
