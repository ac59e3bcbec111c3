/** Each power of two has this many buckets, so a bound is at most a quarter above every duration in its bucket. */
const PER_OCTAVE = 4;
/** The first bucket ends at 2⁻¹⁴ ms, which is 61 ns. */
const FIRST_OCTAVE = -14;
/** The last bucket begins at 2¹⁸ ms, which is 4 minutes. */
const LAST_OCTAVE = 18;
const BUCKETS = (LAST_OCTAVE - FIRST_OCTAVE) * PER_OCTAVE + 1;

/** The exponent of a double, and the first two bits of its fraction, are the upper 14 bits of its upper word. */
const UNUSED_BITS = 18;
const EXPONENT_BIAS = 1_023;
const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/** A trace that explains one duration of a histogram. */
export interface Exemplar {
  readonly traceId: string;
  readonly spanId: string;
  /** The duration, in milliseconds. */
  readonly ms: number;
  /** When it was measured, in milliseconds since 1970. */
  readonly at: number;
}

/** A histogram as JSON, to send it to another process. */
export interface HistogramData {
  readonly sumMs: number;
  /** The counts of the buckets, without the empty ones at the end. */
  readonly counts: readonly number[];
}

/**
 * Counts durations in buckets of logarithmic width. Recording takes a few nanoseconds and allocates nothing. Histograms of several
 * caches or processes can be merged, because all of them have the same buckets.
 */
export class Histogram {
  readonly #counts = new Float64Array(BUCKETS);
  #exemplars: Map<number, Exemplar> | undefined;
  #sumMs = 0;

  /** Adds a duration in milliseconds, `times` times. */
  record(ms: number, times = 1): void {
    double[0] = ms;
    const exact = ((words[1] ?? 0) >>> UNUSED_BITS) - (EXPONENT_BIAS + FIRST_OCTAVE) * PER_OCTAVE + 1;
    const bucket = ms < 0 ? 0 : Math.max(0, Math.min(exact, BUCKETS - 1));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + times;
    this.#sumMs += ms * times;
  }

  /** Keeps the last trace of each power of two. */
  explain(exemplar: Exemplar): void {
    this.#exemplars ??= new Map();
    this.#exemplars.set(Math.ceil(Math.log2(exemplar.ms)), exemplar);
  }

  get sumMs(): number {
    return this.#sumMs;
  }

  get count(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  /** The last trace of each power of two. */
  get exemplars(): Iterable<Exemplar> {
    return this.#exemplars?.values() ?? [];
  }

  /** Returns how many durations are below each of these bounds, in milliseconds. The bounds must be powers of two, and ascend. */
  cumulative(boundsMs: readonly number[]): number[] {
    let sum = 0;
    let bucket = 0;
    return boundsMs.map((bound) => {
      const end = Math.min((Math.log2(bound) - FIRST_OCTAVE) * PER_OCTAVE + 1, BUCKETS - 1);
      for (; bucket < end; bucket += 1) sum += this.#counts[bucket] ?? 0;
      return sum;
    });
  }

  /** Returns the duration in milliseconds that a share of all durations do not exceed, at most a quarter too high; 0 without durations. */
  quantile(share: number): number {
    const wanted = share * this.count;
    if (wanted === 0) return 0;
    let sum = 0;
    const bucket = this.#counts.findIndex((count) => (sum += count) >= wanted);
    return boundOf(bucket);
  }

  merge({ sumMs, counts }: HistogramData): void {
    this.#sumMs += sumMs;
    counts.forEach((count, bucket) => {
      if (bucket < BUCKETS) this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count;
    });
  }

  toJSON(): HistogramData {
    return { sumMs: this.#sumMs, counts: [...this.#counts.subarray(0, 1 + this.#counts.findLastIndex(Boolean))] };
  }
}

/** Returns the upper bound of a bucket, in milliseconds. */
function boundOf(bucket: number): number {
  const octave = FIRST_OCTAVE + Math.floor(bucket / PER_OCTAVE);
  return 2 ** octave * (1 + (bucket % PER_OCTAVE) / PER_OCTAVE);
}
