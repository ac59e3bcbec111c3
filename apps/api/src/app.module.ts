import { type DynamicModule, Module } from '@nestjs/common';
import { AdminModule } from '@nuthatch/admin';
import { CacheModule } from '@nuthatch/cache';
import { CacheManagerModule } from '@nuthatch/cache/manager';
import { OutboxModule } from '@nuthatch/cache/outbox';
import { DashboardModule } from '@nuthatch/dashboard';
import { HealthModule } from '@nuthatch/health';
import { currentRequestId, ObservabilityModule } from '@nuthatch/observability';
import { PinoLogger } from 'nestjs-pino';
import { AppConfig } from './app.config.js';
import { ConfigModule } from './config/config.module.js';
import { databaseAdvice } from './database/database-advice.js';
import { Database } from './database/database.js';
import { DatabaseModule } from './database/database.module.js';
import { HttpModule } from './http/http.module.js';
import { metricsOf } from './metrics/metrics.js';
import { Telemetry } from './metrics/telemetry.service.js';
import { OrdersModule } from './orders/orders.module.js';
import { UsersModule } from './users/users.module.js';

/** Wires the modules of the application. */
@Module({})
export class AppModule {
  static forRoot(config: AppConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config),
        ObservabilityModule.forRoot({
          level: config.logLevel,
          format: config.production || !process.stdout.isTTY ? 'json' : 'text',
        }),
        HttpModule,
        DatabaseModule,
        CacheModule.forRootAsync({
          inject: [PinoLogger],
          useFactory: (logger: PinoLogger) => ({
            redis: config.redis,
            namespace: config.cacheNamespace,
            maxBytes: config.cacheL1MaxBytes,
            maxStaleness: `${config.cacheL1MaxStalenessMs}ms`,
            heartbeat: `${config.cacheHeartbeatMs}ms`,
            stalenessSamples: config.cacheStalenessSamples,
            reportSharedPrincipals: !config.production,
            actor: () => currentRequestId(logger),
          }),
        }),
        OutboxModule.forRootAsync({
          inject: [Database],
          useFactory: (database: Database) => ({ client: database.sqlClient, relay: config.cacheOutbox }),
        }),
        // CACHE_MANAGER over the same tiers, for modules that inject it.
        CacheManagerModule.forRoot(),
        AdminModule.forRootAsync({
          inject: [Database],
          useFactory: (database: Database) => ({
            tokens: config.adminTokens,
            advisers: [() => databaseAdvice(database)],
          }),
        }),
        ...dashboardOf(config),
        HealthModule.forRootAsync({
          inject: [Database],
          useFactory: (database: Database) => ({
            database,
            cacheRequired: config.cacheRequired,
            drainDelayMs: config.shutdownDelayMs,
          }),
        }),
        metricsOf(config),
        UsersModule,
        OrdersModule,
      ],
      providers: [Telemetry],
    };
  }
}

/** Returns no module where the page is off: its paths are then unknown routes. */
function dashboardOf({ dashboard, cacheNamespace, production, publicPath }: AppConfig): DynamicModule[] {
  if (dashboard === 'off') return [];
  // Browsers send a secure cookie to localhost only over TLS.
  return [
    DashboardModule.forRoot({ mode: dashboard, namespace: cacheNamespace, secureCookie: production, publicPath }),
  ];
}
