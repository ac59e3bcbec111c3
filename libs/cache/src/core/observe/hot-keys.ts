import type { Clock } from '../clock.js';
import type { RecordRef } from '../store/redis-keys.js';

/** So many records are counted. One with a greater share of the reads than a hundredth is always among them. */
const COUNTED = 100;
const WINDOW_MS = 60_000;

/** A record that is read often. */
export interface HotKey {
  readonly cache: string;
  /** The complete key of its record in the store. */
  readonly recordKey: string;
  /** Reads by this process per second, over the last one to two minutes. The true number is about this one, or greater. */
  readonly readsPerSecond: number;
}

interface Count {
  readonly cache: string;
  /** At least the reads since this record is counted. */
  reads: number;
  /** Reads that may be of the record whose place it took. */
  readonly inherited: number;
}

interface Window {
  readonly startedAt: number;
  readonly counts: Map<string, Count>;
}

/**
 * Finds the records that this process reads most, in constant memory: Space-Saving (Metwally, Agrawal and El Abbadi, "Efficient
 * Computation of Frequent and Top-k Elements in Data Streams", 2005, section 3).
 */
export class HotKeys {
  #past: Window;
  #present: Window;

  constructor(private readonly clock: Clock) {
    this.#past = this.#present = { startedAt: clock.now(), counts: new Map() };
  }

  /** Counts reads of a record. */
  add({ cache, key }: RecordRef, reads: number): void {
    this.#turn();
    const { counts } = this.#present;
    const known = counts.get(key);
    if (known) {
      known.reads += reads;
      return;
    }
    const inherited = counts.size < COUNTED ? 0 : takeLeast(counts);
    counts.set(key, { cache, reads: inherited + reads, inherited });
  }

  /** Returns the records that were read most, the first one most. */
  list(): readonly HotKey[] {
    this.#turn();
    const seconds = Math.max(1, (this.clock.now() - this.#past.startedAt) / 1_000);
    const reads = new Map<string, { readonly cache: string; count: number }>();
    for (const { counts } of new Set([this.#past, this.#present]))
      for (const [recordKey, { cache, reads: counted, inherited }] of counts) {
        const sum = reads.get(recordKey)?.count ?? 0;
        reads.set(recordKey, { cache, count: sum + counted - inherited });
      }
    return [...reads]
      .map(([recordKey, { cache, count }]) => ({ cache, recordKey, readsPerSecond: count / seconds }))
      .toSorted((one, other) => other.readsPerSecond - one.readsPerSecond);
  }

  /** Begins another window when the present one has ended. */
  #turn(): void {
    const now = this.clock.now();
    const age = now - this.#present.startedAt;
    if (age < WINDOW_MS) return;
    const next: Window = { startedAt: now, counts: new Map() };
    // After a minute without reads, the present window is too old, too.
    this.#past = age < 2 * WINDOW_MS ? this.#present : next;
    this.#present = next;
  }
}

/** Removes the record that was read least, and returns its reads. */
function takeLeast(counts: Map<string, Count>): number {
  let least: string | undefined;
  let reads = Number.POSITIVE_INFINITY;
  for (const [recordKey, count] of counts)
    if (count.reads < reads) {
      least = recordKey;
      reads = count.reads;
    }
  if (least === undefined) return 0;
  counts.delete(least);
  return reads;
}
