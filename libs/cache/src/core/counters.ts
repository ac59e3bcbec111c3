import type { LoadsInProgress } from './context/load-limiter.js';
import type { MemoryUsage, Tier } from './store/store.js';
import type { ReadStatus } from './read-result.js';

/**
 * Why a loaded value was not stored: its payload is too large; the connection or the server changed since its lease; the store
 * did not reply in time; or its lease was lost to a write, or expired because the load took too long.
 */
export type NotStoredReason = 'too-large' | 'reconnected' | 'unavailable' | 'overtaken';

/** Counts the reads and loads of one cache since this process started. Only `loading` and the size of L1 ever decrease. */
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
  /** Calls of loaders. */
  readonly loads: number;
  /** Loads that were given up after `loadTimeout`. */
  readonly loadTimeouts: number;
  /** Loads at this moment. */
  readonly loading: LoadsInProgress;
  /** Reads that were answered with the result of another read. */
  readonly collapsed: number;
  /**
   * Misses caused by stored values that are corrupt or foreign, or that the policy's schema rejects. If it grows, another program is
   * writing to these keys.
   */
  readonly unreadable: number;
  /** Hits per get, stale and negative hits included. 0 before the first get. */
  readonly hitRatio: number;
  /** Loaded values that were not stored, by reason. */
  readonly notStored: Readonly<Record<NotStoredReason, number>>;
  /** Lookups per tier. A hit found a value to serve. */
  readonly tiers: {
    readonly l1: { readonly hits: number; readonly misses: number; readonly entries: number; readonly bytes: number };
    readonly l2: { readonly hits: number; readonly misses: number };
  };
}

type Count = Exclude<keyof CacheCounters, 'gets' | 'loading' | 'hitRatio' | 'notStored' | 'tiers'>;

const COUNT_OF: Record<ReadStatus, Count> = {
  hit: 'hits',
  miss: 'misses',
  stale: 'stale',
  negative: 'negative',
  bypass: 'bypass',
  error: 'errors',
};

/** Counts the reads and loads of one cache. */
export class Counters {
  readonly #counts: Record<Count, number> = {
    hits: 0,
    misses: 0,
    stale: 0,
    negative: 0,
    bypass: 0,
    errors: 0,
    loads: 0,
    loadTimeouts: 0,
    collapsed: 0,
    unreadable: 0,
  };
  readonly #notStored: Record<NotStoredReason, number> = {
    'too-large': 0,
    reconnected: 0,
    unavailable: 0,
    overtaken: 0,
  };
  readonly #tiers = { l1: { hits: 0, misses: 0 }, l2: { hits: 0, misses: 0 } };

  read(result: ReadStatus): void {
    this.#counts[COUNT_OF[result]] += 1;
  }

  loaded(): void {
    this.#counts.loads += 1;
  }

  loadTimedOut(): void {
    this.#counts.loadTimeouts += 1;
  }

  collapsed(): void {
    this.#counts.collapsed += 1;
  }

  unreadable(): void {
    this.#counts.unreadable += 1;
  }

  notStored(reason: NotStoredReason): void {
    this.#notStored[reason] += 1;
  }

  tier(tier: Tier, found: boolean): void {
    this.#tiers[tier][found ? 'hits' : 'misses'] += 1;
  }

  snapshot(l1: MemoryUsage, loading: LoadsInProgress): CacheCounters {
    const { hits, misses, stale, negative, bypass, errors } = this.#counts;
    const gets = hits + misses + stale + negative + bypass + errors;
    const hitRatio = gets === 0 ? 0 : (hits + stale + negative) / gets;
    const tiers = { l1: { ...this.#tiers.l1, ...l1 }, l2: { ...this.#tiers.l2 } };
    return { gets, ...this.#counts, loading, hitRatio, notStored: { ...this.#notStored }, tiers };
  }
}
