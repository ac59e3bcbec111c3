import { channel } from 'node:diagnostics_channel';
import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { Test } from '@nestjs/testing';
import { CacheModule } from '@nuthatch/cache';
import { MetricsModule } from '@nuthatch/observability/metrics';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AppConfig } from '../app.config.js';
import { Telemetry } from './telemetry.service.js';

/** Starts the service in a process with an SDK. Returns what it offers to the SDK. */
async function given(environment: ConstructorParameters<typeof AppConfig>[0]) {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.DELTA);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  onTestFinished(async () => {
    metrics.disable();
    await provider.shutdown();
  });
  const app = await Test.createTestingModule({
    imports: [CacheModule.forRoot(), MetricsModule.forRoot({ serve: 'off' })],
    providers: [Telemetry, { provide: AppConfig, useValue: new AppConfig(environment) }],
  }).compile();
  await app.init();
  onTestFinished(() => app.close());
  async function offered() {
    exporter.reset();
    const { resourceMetrics } = await reader.collect();
    return {
      traces: ['read', 'load', 'invalidate'].filter((name) => channel(`nuthatch:cache:${name}`).hasSubscribers),
      metrics: resourceMetrics.scopeMetrics.map(({ scope }) => scope.name),
    };
  }
  return { app, offered };
}

describe(Telemetry, () => {
  it('offers no metrics and no traces without an endpoint', async () => {
    const { offered } = await given({});
    expect(await offered()).toEqual({ traces: [], metrics: [] });
  });

  it('offers metrics and traces with an endpoint, until the application is closed', async () => {
    const { app, offered } = await given({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' });
    expect(await offered()).toEqual({
      traces: ['read', 'load', 'invalidate'],
      metrics: ['@nuthatch/observability'],
    });
    await app.close();
    expect((await offered()).traces).toEqual([]);
  });
});
