import type { Exemplar, Histogram } from '@nuthatch/cache';

/** From a closed set, never from a request: each combination of labels is a series of its own. */
export type Labels = Readonly<Record<string, string>>;

/** One value of a metric. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
  /** Distinguishes the series of a histogram. */
  readonly suffix?: '_bucket' | '_count' | '_sum';
  readonly exemplar?: Exemplar | undefined;
}

/** A metric with its values at this moment. The name of a counter ends in `_total`. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: readonly Sample[];
}

/** Returns the metrics of one part of the process. Called for each scrape, so it must be fast and do no I/O. */
export type MetricSource = () => readonly Family[];

/** The bounds of the buckets that a scrape has, in milliseconds: 4, 62 and 250 µs, and each power of two from 1 ms to 8 s. */
const BOUNDS_MS = [-8, -4, -2, ...Array.from({ length: 14 }, (_, power) => power)].map((power) => 2 ** power);
const BOUNDS = [...BOUNDS_MS.map((ms) => String(ms / 1_000)), '+Inf'];

/** Returns the samples of a histogram, in seconds; none before its first duration. */
export function durationSamples(labels: Labels, histogram: Histogram): Sample[] {
  const { count, sumMs } = histogram;
  if (count === 0) return [];
  const exemplars = [...histogram.exemplars];
  const cumulative = [...histogram.cumulative(BOUNDS_MS), count];
  const buckets = cumulative.map((value, place): Sample => {
    const [from, to] = [BOUNDS_MS[place - 1] ?? 0, BOUNDS_MS[place] ?? Number.POSITIVE_INFINITY];
    const exemplar = exemplars.findLast(({ ms }) => ms >= from && ms < to);
    return { labels: { ...labels, le: BOUNDS[place] ?? '' }, value, suffix: '_bucket', exemplar };
  });
  return [...buckets, { labels, value: sumMs / 1_000, suffix: '_sum' }, { labels, value: count, suffix: '_count' }];
}

/** Returns one sample per member of an object. */
export function samplesOf(values: Readonly<Record<string, number>>, label: string, labels: Labels = {}): Sample[] {
  return Object.entries(values).map(([name, value]) => ({ labels: { ...labels, [label]: name }, value }));
}

/** Returns a metric without labels. */
export function single(name: string, type: 'counter' | 'gauge', help: string, value: number): Family {
  return { name, help, type, samples: [{ labels: {}, value }] };
}
