import type { LoadsInProgress } from './context/load-limiter.js';
import { CacheError } from './errors.js';
import { events } from './observe/events.js';
import type { HotKeys } from './observe/hot-keys.js';
import { Histogram } from './histogram.js';
import type { LoadOutcome, NotStoredReason, ReadStatus } from './observe/read-outcome.js';
import { isClientError } from './policy/client-error.js';
import type { ReadResult } from './read-result.js';
import type { EvictionCounts, MemoryUsage } from './store/store.js';
import type { RecordRef } from './store/redis-keys.js';

/** Why a read rejected: by the error of the origin, or by an error of the cache, named like its code. */
export type ReadErrorKind = 'origin' | 'load-timeout' | 'origin-failed' | 'overloaded' | 'unavailable';

/** Counts the reads, loads and rejected writes of one cache since this process started. Only `loading` and the size of L1 ever decrease. */
export interface CacheCounters {
  /** Reads: the sum of the six counts that follow. */
  readonly gets: number;
  /** Reads that returned a fresh value. */
  readonly hits: number;
  /** Reads that loaded the value, or shared the load of another read. */
  readonly misses: number;
  /** Reads that returned a stale value. */
  readonly stale: number;
  /** Reads that returned a cached absence. */
  readonly negative: number;
  /** Reads that loaded the value without using the cache. */
  readonly bypass: number;
  /** Reads that rejected. An error with a `status` from 400 to 499 counts as a miss instead. */
  readonly errors: number;
  /** Writes and invalidations of a strict cache that rejected, because Redis was unavailable. */
  readonly writesRejected: number;
  /** Calls of loaders. */
  readonly loads: number;
  /** Loads that were given up after `loadTimeout`. */
  readonly loadTimeouts: number;
  /** Loads at this moment. */
  readonly loading: LoadsInProgress;
  /** Reads that were answered with the result of another read. */
  readonly collapsed: number;
  /** Reads that waited for the load of another instance, and found its value. */
  readonly awaited: number;
  /**
   * Misses caused by stored values that are corrupt or foreign, or that the policy's schema rejects. If it grows, another program is
   * writing to these keys.
   */
  readonly unreadable: number;
  /** Hits per get, stale and negative hits included. 0 before the first get. */
  readonly hitRatio: number;
  /** Loaded values that were not stored, by reason. */
  readonly notStored: Readonly<Record<NotStoredReason, number>>;
  /** Reads that returned a stale value, by reason. */
  readonly staleServed: Readonly<Record<StaleReason, number>>;
  /** Reads that rejected, by reason. */
  readonly failed: Readonly<Record<ReadErrorKind, number>>;
  /** Lookups per tier, and the values that entered it. A hit found a value to serve. L2 counts the values that loads stored. */
  readonly tiers: {
    readonly l1: MemoryUsage & {
      readonly hits: number;
      readonly misses: number;
      readonly puts: number;
      /** Entries that were removed because of a limit. */
      readonly evictions: EvictionCounts;
    };
    readonly l2: { readonly hits: number; readonly misses: number; readonly puts: number };
  };
}

type StaleReason = 'stale-while-revalidate' | 'stale-if-error';
type Count = Exclude<
  keyof CacheCounters,
  'gets' | 'loading' | 'hitRatio' | 'notStored' | 'staleServed' | 'failed' | 'tiers'
>;

/** How long the reads and the loads of one cache took. */
export interface CacheDurations {
  /** One in about 128 hits in memory is timed, and counts for the ones before it too. */
  readonly gets: Readonly<Record<ReadStatus, Histogram>>;
  readonly loads: Readonly<Record<LoadOutcome, Histogram>>;
}

/**
 * Of so many hits in memory, one is sampled on average: to read the clock again costs half as much as the hit itself. The distance
 * between two samples is random, because a program may read its entries in turn.
 */
const SAMPLED_HITS = 128;

const COUNT_OF: Record<ReadStatus, Count> = {
  hit: 'hits',
  miss: 'misses',
  stale: 'stale',
  negative: 'negative',
  bypass: 'bypass',
  error: 'errors',
};

/** The part of a result that is counted. */
type Outcome = Pick<ReadResult<unknown>, 'status' | 'detail' | 'tier' | 'collapsed'>;

/** Counts and times the reads and loads of one cache, and publishes their events. */
export class Counters {
  readonly durations: CacheDurations = {
    gets: {
      hit: new Histogram(),
      miss: new Histogram(),
      stale: new Histogram(),
      negative: new Histogram(),
      bypass: new Histogram(),
      error: new Histogram(),
    },
    loads: {
      loaded: new Histogram(),
      refused: new Histogram(),
      failed: new Histogram(),
      'timed-out': new Histogram(),
    },
  };
  /** Each step of a read, a load or a write adds one to its number. */
  readonly counts: Record<Count, number> = {
    hits: 0,
    misses: 0,
    stale: 0,
    negative: 0,
    bypass: 0,
    errors: 0,
    writesRejected: 0,
    loads: 0,
    loadTimeouts: 0,
    collapsed: 0,
    awaited: 0,
    unreadable: 0,
  };
  readonly tiers = { l1: { hits: 0, misses: 0, puts: 0 }, l2: { hits: 0, misses: 0, puts: 0 } };
  readonly #notStored: Record<NotStoredReason, number> = {
    'too-large': 0,
    reconnected: 0,
    unavailable: 0,
    overtaken: 0,
  };
  readonly #staleServed: Record<StaleReason, number> = { 'stale-while-revalidate': 0, 'stale-if-error': 0 };
  readonly #failed: Record<ReadErrorKind, number> = {
    origin: 0,
    'load-timeout': 0,
    'origin-failed': 0,
    overloaded: 0,
    unavailable: 0,
  };

  /** From one sampled hit to the next, and how many of these hits are left. The first hit is sampled. */
  #distance = 1;
  #left = 1;

  /** @param hotKeys counts the reads of each record */
  constructor(
    private readonly cache: string,
    private readonly hotKeys?: HotKeys,
  ) {}

  /** Counts a hit in memory. Returns whether to call {@link sampleHit} for it. */
  hitInMemory(recordKey: string): boolean {
    this.counts.hits += 1;
    this.tiers.l1.hits += 1;
    if (events.read.hasSubscribers) this.#publish(recordKey, HIT_IN_MEMORY, undefined);
    this.#left -= 1;
    return this.#left === 0;
  }

  /**
   * Records a hit in memory, in place of itself and of the hits since the last sample.
   *
   * @param random from 0 (included) to 1 (excluded): decides which hit is sampled next
   */
  sampleHit(record: RecordRef, durationMs: number, random: number): void {
    this.durations.gets.hit.record(durationMs, this.#distance);
    this.hotKeys?.add(record, this.#distance);
    this.#distance = 1 + Math.floor(random * (2 * SAMPLED_HITS - 1));
    this.#left = this.#distance;
  }

  /** Counts a read that took `durationMs`. */
  read(record: RecordRef, outcome: Outcome, durationMs: number): void {
    const { status, detail } = outcome;
    this.counts[COUNT_OF[status]] += 1;
    if (detail === 'stale-while-revalidate' || detail === 'stale-if-error') this.#staleServed[detail] += 1;
    this.durations.gets[status].record(durationMs);
    this.hotKeys?.add(record, 1);
    if (events.read.hasSubscribers) this.#publish(record.key, outcome, durationMs);
  }

  /** Counts a read that rejected. */
  readFailed(record: RecordRef, error: unknown, durationMs: number): void {
    const isRefused = isClientError(error);
    if (!isRefused) this.#failed[kindOf(error)] += 1;
    this.read(record, isRefused ? REFUSED : FAILED, durationMs);
  }

  /** Times a call of a loader that has ended. */
  loadEnded(loads: readonly { readonly recordKey: string }[], outcome: LoadOutcome, durationMs: number): void {
    if (outcome === 'timed-out') this.counts.loadTimeouts += 1;
    this.durations.loads[outcome].record(durationMs);
    if (!events.load.hasSubscribers) return;
    const recordKeys = loads.map(({ recordKey }) => recordKey);
    events.load.publish({ cache: this.cache, recordKeys, outcome, durationMs });
  }

  /** Counts a read that found what another instance has loaded, after it waited for `durationMs`. */
  awaited({ key }: RecordRef, durationMs: number): void {
    this.counts.awaited += 1;
    if (events.load.hasSubscribers)
      events.load.publish({ cache: this.cache, recordKeys: [key], outcome: 'awaited', durationMs });
  }

  /** Counts a write or an invalidation that a strict cache rejected. */
  readonly writeRejected = (): void => {
    this.counts.writesRejected += 1;
  };

  stored({ key }: RecordRef): void {
    this.tiers.l2.puts += 1;
    if (events.store.hasSubscribers) events.store.publish({ cache: this.cache, recordKey: key, notStored: undefined });
  }

  notStored({ key }: RecordRef, reason: NotStoredReason): void {
    this.#notStored[reason] += 1;
    if (events.store.hasSubscribers) events.store.publish({ cache: this.cache, recordKey: key, notStored: reason });
  }

  snapshot(l1: MemoryUsage & { readonly evictions: EvictionCounts }, loading: LoadsInProgress): CacheCounters {
    return {
      ...ratioOf(this.counts),
      ...this.counts,
      loading,
      notStored: { ...this.#notStored },
      staleServed: { ...this.#staleServed },
      failed: { ...this.#failed },
      tiers: { l1: { ...this.tiers.l1, ...l1 }, l2: { ...this.tiers.l2 } },
    };
  }

  #publish(recordKey: string, { status, detail, tier, collapsed }: Outcome, durationMs: number | undefined): void {
    events.read.publish({ cache: this.cache, recordKey, result: status, detail, tier, collapsed, durationMs });
  }
}

const HIT_IN_MEMORY: Outcome = { status: 'hit', detail: undefined, tier: 'l1', collapsed: false };
const REFUSED: Outcome = { status: 'miss', detail: undefined, tier: undefined, collapsed: false };
const FAILED: Outcome = { ...REFUSED, status: 'error' };

const KIND_OF_CODE: Partial<Record<string, ReadErrorKind>> = {
  CACHE_LOAD_TIMEOUT: 'load-timeout',
  CACHE_ORIGIN_FAILED: 'origin-failed',
  CACHE_OVERLOADED: 'overloaded',
  CACHE_UNAVAILABLE: 'unavailable',
};

function kindOf(error: unknown): ReadErrorKind {
  return (error instanceof CacheError ? KIND_OF_CODE[error.code] : undefined) ?? 'origin';
}

/** Returns the sums of the counters of several caches. The hit ratio is computed from the sums: idle caches have no weight. */
export function sumCounters(caches: readonly CacheCounters[]): CacheCounters {
  const l1 = { entries: 0, bytes: 0, evictions: { bytes: 0, entries: 0 } };
  const total = new Counters('').snapshot(l1, { running: 0, waiting: 0 });
  for (const counters of caches) addTo(total, counters);
  return { ...total, ...ratioOf(total) };
}

function ratioOf(counts: Pick<CacheCounters, 'hits' | 'misses' | 'stale' | 'negative' | 'bypass' | 'errors'>) {
  const { hits, misses, stale, negative, bypass, errors } = counts;
  const gets = hits + misses + stale + negative + bypass + errors;
  return { gets, hitRatio: gets === 0 ? 0 : (hits + stale + negative) / gets };
}

/** Adds every number of `part` to the number of the same name. */
function addTo(total: object, part: object): void {
  for (const [name, value] of Object.entries(part)) {
    const own: unknown = Reflect.get(total, name);
    if (typeof own === 'number') Reflect.set(total, name, own + value);
    else if (typeof own === 'object' && own !== null) addTo(own, value);
  }
}
