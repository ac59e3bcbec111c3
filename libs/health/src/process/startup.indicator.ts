import { Inject, Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { REDIS_CONNECTION, type RedisConnection } from '@nuthatch/redis';
import { DatabaseMonitor } from '../dependencies/database-monitor.service.js';

/**
 * Reports whether the instance has started: the database answered once, its schema is right, and the first attempt to connect
 * to Redis has finished, with or without success.
 *
 * Once up, the indicator stays up. `ready` reports later failures.
 */
@Injectable()
export class StartupIndicator {
  #started = false;

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly database: DatabaseMonitor,
    @Inject(REDIS_CONNECTION) private readonly redis: Pick<RedisConnection, 'firstAttemptFinished'> | null,
  ) {}

  check(): HealthIndicatorResult<'startup'> {
    const waitingFor = this.#started ? [] : this.#waitingFor();
    this.#started = waitingFor.length === 0;
    const indicator = this.indicators.check('startup');
    return this.#started ? indicator.up() : indicator.down({ waitingFor });
  }

  #waitingFor(): string[] {
    const conditions = {
      database: this.database.everUp,
      schema: this.database.schemaReady,
      redis: this.redis?.firstAttemptFinished ?? true,
    };
    return Object.entries(conditions).flatMap(([name, met]) => (met ? [] : [name]));
  }
}
