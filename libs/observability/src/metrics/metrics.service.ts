import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit, Optional } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { CacheRegistry } from '@nuthatch/cache';
import { REDIS_CONNECTION, type RedisConnection } from '@nuthatch/redis';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { cacheMetrics } from './cache-metrics.js';
import { type Exposed, Exposition } from './exposition.js';
import type { MetricSource } from './family.js';
import { HttpDurations } from './http/http-durations.js';
import { METRICS_OPTIONS, type MetricsOptions } from './metrics-options.js';
import { MetricsServer } from './metrics-server.js';
import { RedisMetrics } from './redis-metrics.js';

/** Has all metrics of this process. */
@Injectable()
export class Metrics implements OnModuleInit, OnApplicationShutdown {
  /** The sources, for another exporter. */
  readonly sources: readonly MetricSource[];
  readonly #durations = new HttpDurations();
  readonly #redis: RedisMetrics | undefined;
  readonly #exposition: Exposition;
  readonly #server: MetricsServer | undefined;

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    caches: CacheRegistry,
    @Inject(METRICS_OPTIONS) { serve = 'route', sources = [], registry = new Registry() }: MetricsOptions,
    @Optional() @Inject(REDIS_CONNECTION) redis: RedisConnection | null,
  ) {
    collectDefaultMetrics({ register: registry });
    this.#redis = redis ? new RedisMetrics(redis) : undefined;
    this.sources = [
      cacheMetrics(caches),
      this.#durations.metrics,
      ...(this.#redis ? [this.#redis.metrics] : []),
      ...sources,
    ];
    this.#exposition = new Exposition(this.sources, registry);
    this.#server = typeof serve === 'object' ? new MetricsServer(serve, (accept) => this.scrape(accept)) : undefined;
  }

  /** Times the responses of the server. Call it before the first route is added. */
  install(): void {
    const { httpAdapter } = this.adapterHost;
    // An application context has no server.
    if (httpAdapter) this.#durations.install(httpAdapter);
  }

  /** Returns the metrics in the format that the `Accept` field prefers. */
  scrape(accept: string | undefined): Promise<Exposed> {
    return this.#exposition.scrape(accept);
  }

  async onModuleInit(): Promise<void> {
    this.#redis?.start();
    await this.#server?.listen();
  }

  /** Closes the server of its own last, so that a scrape sees the drain. */
  async onApplicationShutdown(): Promise<void> {
    this.#redis?.stop();
    await this.#server?.close();
  }
}
