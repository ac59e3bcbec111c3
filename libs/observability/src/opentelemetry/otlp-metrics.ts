import { type BatchObservableCallback, type Meter, metrics, type Observable } from '@opentelemetry/api';
import type { Family, MetricSource, Sample } from '../metrics/family.js';

/**
 * Observes the metrics of these sources through `@opentelemetry/api`, whenever the SDK of the application collects. Nothing is counted
 * twice. A histogram becomes two counters, of its durations and of their sum in seconds, because the API observes no histograms. A
 * metric that appears later is exported from the collection after that on. Returns a function that ends the observation.
 *
 * The trap: without an SDK that the process has started before, and without any metric at the time of the call, nothing is observed.
 *
 * @example
 * const stop = observeMetrics(app.get(Metrics).sources);
 */
export function observeMetrics(
  sources: readonly MetricSource[],
  meter: Meter = metrics.getMeter('@nuthatch/observability'),
): () => void {
  const instruments = new Map<string, Observable>();
  const read = (): Observed[] => sources.flatMap((source) => source()).flatMap(observed);
  const observe: BatchObservableCallback = (result) => {
    const families = read();
    for (const { name, samples } of families) {
      const instrument = instruments.get(name);
      if (instrument) for (const { labels, value } of samples) result.observe(instrument, value, labels);
    }
    register(families);
  };
  const stop = (): void => meter.removeBatchObservableCallback(observe, [...instruments.values()]);
  // The SDK drops the values of instruments that the callback was not registered with.
  const register = (families: readonly Observed[]): void => {
    const added = families.filter(({ name }) => !instruments.has(name));
    if (added.length === 0) return;
    stop();
    for (const family of added) instruments.set(family.name, instrumentOf(meter, family));
    meter.addBatchObservableCallback(observe, [...instruments.values()]);
  };
  register(read());
  return stop;
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
