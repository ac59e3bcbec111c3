import { type Meter, metrics, type Observable } from '@opentelemetry/api';
import type { Family, MetricSource, Sample } from '../metrics/family.js';

/**
 * Observes the metrics of these sources through `@opentelemetry/api`, whenever the SDK of the application collects. Nothing is counted
 * twice. A histogram becomes two counters, of its durations and of their sum in seconds, because the API observes no histograms.
 * Returns a function that ends the observation.
 *
 * The trap: without an SDK that the process has started before, the API observes nothing.
 *
 * @example
 * const stop = observeMetrics(app.get(Metrics).sources);
 */
export function observeMetrics(
  sources: readonly MetricSource[],
  meter: Meter = metrics.getMeter('@nuthatch/observability'),
): () => void {
  const read = (): Observed[] => sources.flatMap((source) => source()).flatMap(observed);
  const instruments = new Map(read().map((one) => [one.name, instrumentOf(meter, one)]));
  const observables = [...instruments.values()];
  const observe: Parameters<Meter['addBatchObservableCallback']>[0] = (result) => {
    for (const { name, samples } of read()) {
      const instrument = instruments.get(name);
      if (instrument) for (const { labels, value } of samples) result.observe(instrument, value, labels);
    }
  };
  meter.addBatchObservableCallback(observe, observables);
  return () => meter.removeBatchObservableCallback(observe, observables);
}

interface Observed extends Pick<Family, 'name' | 'help' | 'samples'> {
  readonly type: 'counter' | 'gauge';
}

function observed({ name, help, type, samples }: Family): Observed[] {
  if (type !== 'histogram') return [{ name, help, type, samples }];
  const part = (suffix: Sample['suffix']): Observed => ({
    name: `${name}${suffix}`,
    help,
    type: 'counter',
    samples: samples.filter((sample) => sample.suffix === suffix),
  });
  return [part('_count'), part('_sum')];
}

function instrumentOf(meter: Meter, { name, help, type }: Observed): Observable {
  return type === 'counter'
    ? meter.createObservableCounter(name, { description: help })
    : meter.createObservableGauge(name, { description: help });
}
