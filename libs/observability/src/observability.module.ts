import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { AppLogger } from './app-logger.js';
import type { ObservabilityModuleAsyncOptions, ObservabilityOptions } from './observability-options.js';
import { pinoParams } from './pino-params.js';

const OBSERVABILITY_OPTIONS = Symbol('OBSERVABILITY_OPTIONS');

/**
 * Writes one JSON line a request, and Nest's own log the same way; no line ever holds an e-mail address.
 *
 * Nest's log arrives here only when `main.ts` says so:
 *
 * @example
 * const app = await NestFactory.create(AppModule, adapter, { bufferLogs: true });
 * app.useLogger(app.get(AppLogger)); // AppLogger from '@nuthatch/observability'
 */
@Module({})
export class ObservabilityModule {
  static forRoot(options: ObservabilityOptions): DynamicModule {
    return this.forRootAsync({ useFactory: () => options });
  }

  static forRootAsync({ imports = [], inject = [], useFactory }: ObservabilityModuleAsyncOptions): DynamicModule {
    return {
      module: ObservabilityModule,
      imports: [
        LoggerModule.forRootAsync({
          imports,
          providers: [{ provide: OBSERVABILITY_OPTIONS, inject, useFactory }],
          inject: [OBSERVABILITY_OPTIONS],
          useFactory: pinoParams,
        }),
      ],
      providers: [AppLogger],
      exports: [AppLogger, LoggerModule],
    };
  }
}
