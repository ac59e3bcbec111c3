import { type DynamicModule, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { CacheIndicator } from './cache/cache.indicator.js';
import { ApplicationIndicators } from './dependencies/application-indicators.service.js';
import { DatabaseMonitor } from './dependencies/database-monitor.service.js';
import { DependenciesIndicator } from './dependencies/dependencies.indicator.js';
import { checkNames, INDICATORS } from './dependencies/indicator-options.js';
import { RedisMonitor } from './dependencies/redis-monitor.service.js';
import { Drain } from './drain/drain.service.js';
import { HEALTH_OPTIONS, type HealthModuleAsyncOptions, type HealthModuleOptions } from './health-options.js';
import { RequestsIndicator } from './overload/requests.indicator.js';
import { CountersIndicator } from './probes/counters.indicator.js';
import { LifecycleController } from './probes/lifecycle.controller.js';
import { HealthController } from './probes/health.controller.js';
import { ReadinessIndicator } from './probes/readiness.indicator.js';
import { EventLoopIndicator } from './process/event-loop.indicator.js';
import { StartupIndicator } from './process/startup.indicator.js';

/**
 * Serves `/health`, `/health/live`, `/health/started` and `/health/ready` without I/O, and drains the server when the
 * application shuts down.
 *
 * The trap: it requires the global `CacheModule` of `@nuthatch/cache`. A signal starts the drain only after
 * `app.enableShutdownHooks([], { useProcessExit: true })` in `main.ts`. Without `useProcessExit` the exit code is not 0.
 *
 * @example
 * @Module({
 *   imports: [
 *     HealthModule.forRootAsync({
 *       imports: [DatabaseModule],
 *       inject: [DatabaseHealth],
 *       useFactory: (database: DatabaseHealth) => ({ database, cacheRequired: false, drainDelayMs: 5_000 }),
 *       indicators: { disk: { use: DiskIndicator, ready: true } },
 *     }),
 *   ],
 * })
 * export class AppModule {}
 */
@Module({})
export class HealthModule {
  /** Serves the probes. @throws IndicatorNameTaken */
  static forRoot({ imports = [], indicators = {}, ...options }: HealthModuleOptions): DynamicModule {
    return HealthModule.forRootAsync({ imports, indicators, useFactory: () => options });
  }

  /** Serves the probes, with options from other providers. @throws IndicatorNameTaken */
  static forRootAsync(options: HealthModuleAsyncOptions): DynamicModule {
    const { imports = [], inject = [], useFactory, indicators = {} } = options;
    checkNames(indicators);
    return {
      module: HealthModule,
      imports: [TerminusModule, ...imports],
      controllers: [LifecycleController, HealthController],
      providers: [
        { provide: HEALTH_OPTIONS, inject, useFactory },
        ...Object.values(indicators).map(({ use }) => use),
        { provide: INDICATORS, useValue: indicators },
        ApplicationIndicators,
        DatabaseMonitor,
        RedisMonitor,
        Drain,
        EventLoopIndicator,
        StartupIndicator,
        DependenciesIndicator,
        CacheIndicator,
        RequestsIndicator,
        CountersIndicator,
        ReadinessIndicator,
      ],
    };
  }
}
