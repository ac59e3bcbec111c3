import type { CacheCounters } from '@nuthatch/cache';

/** Returns the sums of the counters of several caches. The hit ratio is computed from the sums: idle caches have no weight. */
export function totalsOf(caches: readonly CacheCounters[]): CacheCounters {
  const sum = (count: (counters: CacheCounters) => number): number =>
    caches.reduce((total, counters) => total + count(counters), 0);
  const gets = sum((counters) => counters.gets);
  const hits = sum((counters) => counters.hits);
  const stale = sum((counters) => counters.stale);
  const negative = sum((counters) => counters.negative);
  return {
    gets,
    hits,
    misses: sum((counters) => counters.misses),
    stale,
    negative,
    bypass: sum((counters) => counters.bypass),
    errors: sum((counters) => counters.errors),
    loads: sum((counters) => counters.loads),
    loadTimeouts: sum((counters) => counters.loadTimeouts),
    loading: {
      running: sum(({ loading }) => loading.running),
      waiting: sum(({ loading }) => loading.waiting),
    },
    collapsed: sum((counters) => counters.collapsed),
    unreadable: sum((counters) => counters.unreadable),
    hitRatio: gets === 0 ? 0 : (hits + stale + negative) / gets,
    notStored: {
      'too-large': sum(({ notStored }) => notStored['too-large']),
      reconnected: sum(({ notStored }) => notStored.reconnected),
      unavailable: sum(({ notStored }) => notStored.unavailable),
      overtaken: sum(({ notStored }) => notStored.overtaken),
    },
    tiers: {
      l1: {
        hits: sum(({ tiers }) => tiers.l1.hits),
        misses: sum(({ tiers }) => tiers.l1.misses),
        entries: sum(({ tiers }) => tiers.l1.entries),
        bytes: sum(({ tiers }) => tiers.l1.bytes),
      },
      l2: { hits: sum(({ tiers }) => tiers.l2.hits), misses: sum(({ tiers }) => tiers.l2.misses) },
    },
  };
}
