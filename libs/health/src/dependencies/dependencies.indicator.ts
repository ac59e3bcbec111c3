import { Inject, Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService, type HealthIndicatorStatus } from '@nestjs/terminus';
import { HEALTH_OPTIONS, type HealthOptions } from '../health-options.js';
import { DatabaseMonitor } from './database-monitor.service.js';
import { type Dependencies, dependencyStatuses } from './dependency-status.js';
import { RedisMonitor } from './redis-monitor.service.js';

/** Reports the state of the database and of Redis from memory. It does no I/O, does not wait and does not throw. */
@Injectable()
export class DependenciesIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly database: DatabaseMonitor,
    private readonly redis: RedisMonitor,
    @Inject(HEALTH_OPTIONS) private readonly options: HealthOptions,
  ) {}

  check(): HealthIndicatorResult<'database' | 'redis'> {
    const { state, status: redis } = this.redis;
    const { up: connected, schemaReady, readOnly, lastError } = this.database;
    const statuses = dependencyStatuses({
      database: databaseState(this.database),
      redis,
      cacheRequired: this.options.cacheRequired,
    });
    return {
      ...this.#indicate('database', statuses.database, {
        connected,
        schemaReady,
        ...(readOnly && { readOnly }),
        ...(lastError !== undefined && { lastError }),
      }),
      ...this.#indicate('redis', statuses.redis, state ?? WITHOUT_REDIS),
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
