import { type DynamicModule, Module, type NestModule } from '@nestjs/common';
import { MetricsController } from './metrics.controller.js';
import { METRICS_OPTIONS, type MetricsModuleAsyncOptions, type MetricsOptions } from './metrics-options.js';
import { Metrics } from './metrics.service.js';

/**
 * Serves the metrics of the caches, of Redis, of the HTTP server and of Node at `GET /metrics`.
 *
 * The trap: it requires the global `CacheModule` of `@nuthatch/cache`, and the route is public like any other. In
 * production, serve the metrics on a port of their own.
 *
 * @example
 * @Module({ imports: [MetricsModule.forRoot({ serve: { port: 9464, host: '0.0.0.0' } })] })
 * export class AppModule {}
 */
@Module({})
export class MetricsModule implements NestModule {
  constructor(private readonly metrics: Metrics) {}

  /** Serves the metrics with these options. */
  static forRoot({ serve = 'route', ...content }: MetricsOptions = {}): DynamicModule {
    return this.forRootAsync({ serve, useFactory: () => content });
  }

  /** Serves the metrics with content from other providers. */
  static forRootAsync({
    serve = 'route',
    imports = [],
    inject = [],
    useFactory,
  }: MetricsModuleAsyncOptions): DynamicModule {
    const options = async (...injected: never[]): Promise<MetricsOptions> => ({
      ...(await useFactory(...injected)),
      serve,
    });
    return {
      module: MetricsModule,
      imports,
      controllers: serve === 'route' ? [MetricsController] : [],
      providers: [{ provide: METRICS_OPTIONS, inject, useFactory: options }, Metrics],
      exports: [Metrics],
    };
  }

  /** Nest calls this before it registers the routes. */
  configure(): void {
    this.metrics.install();
  }
}
