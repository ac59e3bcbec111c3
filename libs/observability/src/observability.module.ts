import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { AppLogger } from './app-logger.js';
import type { ObservabilityModuleAsyncOptions, ObservabilityOptions } from './observability-options.js';
import { pinoParams } from './pino-params.js';

const OBSERVABILITY_OPTIONS = Symbol('OBSERVABILITY_OPTIONS');

/**
 * Writes one JSON line per request, and Nest's log in the same format. E-mail addresses are masked in every line.
 *
 * The trap: Nest's log needs the last two lines of the example in `main.ts`. Without them it stays plain text, unmasked.
 *
 * @example
 * @Module({ imports: [ObservabilityModule.forRoot({ level: 'info' })] })
 * export class AppModule {}
 *
 * const app = await NestFactory.create(AppModule, adapter, { bufferLogs: true });
 * app.useLogger(app.get(AppLogger)); // AppLogger from '@nuthatch/observability'
 */
@Module({})
export class ObservabilityModule {
  /** Logs requests with these options. */
  static forRoot(options: ObservabilityOptions): DynamicModule {
    return this.forRootAsync({ useFactory: () => options });
  }

  /** Logs requests with options from other providers. */
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
