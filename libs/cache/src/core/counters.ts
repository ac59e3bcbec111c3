import type { Tier } from './ports.js';
import type { ReadResult } from './read-outcome.js';

/** What one cache of this process did since it started. Counts only grow. */
export interface CacheCounters {
  readonly gets: number;
  readonly hits: number;
  readonly misses: number;
  readonly stale: number;
  readonly negative: number;
  readonly bypass: number;
  readonly errors: number;
  readonly loads: number;
  readonly collapsed: number;
  /** Hits, stale and negative ones included, per get; 0 before the first get. */
  readonly hitRatio: number;
  readonly tiers: {
    readonly l1: { readonly hits: number; readonly misses: number; readonly entries: number; readonly bytes: number };
    readonly l2: { readonly hits: number; readonly misses: number };
  };
}

type Count = Exclude<keyof CacheCounters, 'gets' | 'hitRatio' | 'tiers'>;

const COUNT_OF: Record<ReadResult, Count> = {
  hit: 'hits',
  miss: 'misses',
  stale: 'stale',
  negative: 'negative',
  bypass: 'bypass',
  error: 'errors',
};

export type FillRefusal = 'too-large' | 'reconnected' | 'unavailable' | 'overtaken';

/** Counts for one cache. */
export class Counters {
  readonly #counts: Record<Count, number> = {
    hits: 0,
    misses: 0,
    stale: 0,
    negative: 0,
    bypass: 0,
    errors: 0,
    loads: 0,
    collapsed: 0,
  };
  readonly #refusals = new Map<FillRefusal, number>();
  readonly #tiers = { l1: { hits: 0, misses: 0 }, l2: { hits: 0, misses: 0 } };

  read(result: ReadResult): void {
    this.#counts[COUNT_OF[result]] += 1;
  }

  loaded(): void {
    this.#counts.loads += 1;
  }

  collapsed(): void {
    this.#counts.collapsed += 1;
  }

  /** A value that was loaded and not stored, and why. */
  refused(reason: FillRefusal): void {
    this.#refusals.set(reason, (this.#refusals.get(reason) ?? 0) + 1);
  }

  tier(tier: Tier, found: boolean): void {
    this.#tiers[tier][found ? 'hits' : 'misses'] += 1;
  }

  snapshot(l1: { readonly entries: number; readonly bytes: number }): CacheCounters {
    const { hits, misses, stale, negative, bypass, errors } = this.#counts;
    const gets = hits + misses + stale + negative + bypass + errors;
    const hitRatio = gets === 0 ? 0 : (hits + stale + negative) / gets;
    return { gets, ...this.#counts, hitRatio, tiers: { l1: { ...this.#tiers.l1, ...l1 }, l2: { ...this.#tiers.l2 } } };
  }
}
