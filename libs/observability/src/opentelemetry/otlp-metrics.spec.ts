import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { Histogram } from '@nuthatch/cache';
import { describe, expect, it, onTestFinished } from 'vitest';
import { durationSamples, type Family, single } from '../metrics/family.js';
import { observeMetrics } from './otlp-metrics.js';

/** The exported values by name, since the last call. */
function valuesOf(exporter: InMemoryMetricExporter): Record<string, unknown> {
  const metrics = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  exporter.reset();
  return Object.fromEntries(
    metrics.flatMap(({ descriptor, dataPoints }) => dataPoints.map(({ value }) => [descriptor.name, value])),
  );
}

function given() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  onTestFinished(() => provider.shutdown());
  return { exporter, reader, meter: provider.getMeter('test') };
}

describe(observeMetrics, () => {
  it('exports the present values of counters, gauges, and the counts and sums of histograms', async () => {
    const { exporter, reader, meter } = given();
    const histogram = new Histogram();
    const samples = (): Family['samples'] => durationSamples({ cache: 'a' }, histogram);
    let reads = 1;
    const stop = observeMetrics(
      [
        () => [
          single('reads_total', 'counter', 'Reads.', reads),
          single('size', 'gauge', 'Size.', 7),
          { name: 'load_seconds', type: 'histogram', help: 'Loads.', samples: samples() },
        ],
      ],
      meter,
    );
    reads = 3;
    histogram.record(500);
    histogram.record(1_500);
    await reader.forceFlush();
    expect(valuesOf(exporter)).toEqual({ reads_total: 3, size: 7, load_seconds_count: 2, load_seconds_sum: 2 });
    stop();
    reads = 4;
    await reader.forceFlush();
    expect(valuesOf(exporter)).toMatchObject({ reads_total: 3 });
  });

  it('exports metrics that appear later from the collection after that on, until it is stopped', async () => {
    const { exporter, reader, meter } = given();
    const families = [single('redis_up', 'gauge', 'Whether Redis is up.', 1)];
    const stop = observeMetrics([() => families], meter);
    await reader.forceFlush();
    expect(valuesOf(exporter)).toEqual({ redis_up: 1 });
    families.push(single('redis_memory_used_bytes', 'gauge', 'Memory.', 5));
    await reader.forceFlush();
    exporter.reset();
    await reader.forceFlush();
    expect(valuesOf(exporter)).toEqual({ redis_up: 1, redis_memory_used_bytes: 5 });
    stop();
    families.splice(0, 2, single('redis_up', 'gauge', 'Whether Redis is up.', 0));
    await reader.forceFlush();
    expect(valuesOf(exporter)).toMatchObject({ redis_up: 1 });
  });
});
