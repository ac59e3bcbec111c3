import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '@nuthatch/observability/metrics';
import { observeMetrics, traceCaches } from '@nuthatch/observability/opentelemetry';
import { AppConfig } from '../app.config.js';

/** Offers metrics and traces to the OpenTelemetry SDK of this process, where an endpoint is set. */
@Injectable()
export class Telemetry implements OnModuleInit, OnApplicationShutdown {
  private stops: (() => void)[] = [];

  constructor(
    private readonly config: AppConfig,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    if (this.config.openTelemetry) this.stops = [observeMetrics(this.metrics.sources), traceCaches()];
  }

  onApplicationShutdown(): void {
    for (const stop of this.stops) stop();
  }
}
