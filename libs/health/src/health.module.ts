import { type DynamicModule, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { CacheIndicator } from './cache/cache.indicator.js';
import { DatabaseMonitor } from './dependencies/database-monitor.service.js';
import { DependenciesIndicator } from './dependencies/dependencies.indicator.js';
import { RedisMonitor } from './dependencies/redis-monitor.service.js';
import { Drain } from './drain/drain.service.js';
import { HEALTH_OPTIONS, type HealthModuleAsyncOptions } from './health-options.js';
import { RequestsIndicator } from './overload/requests.indicator.js';
import { CountersIndicator } from './probes/counters.indicator.js';
import { LifecycleController } from './probes/lifecycle.controller.js';
import { HealthController } from './probes/health.controller.js';
import { EventLoopIndicator } from './process/event-loop.indicator.js';
import { StartupIndicator } from './process/startup.indicator.js';

/**
 * Serves `/health`, `/health/live`, `/health/started` and `/health/ready` without I/O, and drains the server when the
 * application shuts down.
 *
 * The trap: it requires the global modules of `@nuthatch/redis` and `@nuthatch/cache`. A signal starts the drain only after
 * `app.enableShutdownHooks([], { useProcessExit: true })` in `main.ts`. Without `useProcessExit` the exit code is not 0.
 *
 * @example
 * @Module({
 *   imports: [
 *     HealthModule.forRootAsync({
 *       imports: [DatabaseModule],
 *       inject: [DatabaseHealth],
 *       useFactory: (database: DatabaseHealth) => ({ database, cacheRequired: false, drainDelayMs: 5_000 }),
 *     }),
 *   ],
 * })
 * export class AppModule {}
 */
@Module({})
export class HealthModule {
  /** Serves the probes, with options from other providers. */
  static forRootAsync({ imports = [], inject = [], useFactory }: HealthModuleAsyncOptions): DynamicModule {
    return {
      module: HealthModule,
      imports: [TerminusModule, ...imports],
      controllers: [LifecycleController, HealthController],
      providers: [
        { provide: HEALTH_OPTIONS, inject, useFactory },
        DatabaseMonitor,
        RedisMonitor,
        Drain,
        EventLoopIndicator,
        StartupIndicator,
        DependenciesIndicator,
        CacheIndicator,
        RequestsIndicator,
        CountersIndicator,
      ],
    };
  }
}
