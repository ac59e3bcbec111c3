import type { CacheCounters } from '@nuthatch/cache';
import { describe, expect, it } from 'vitest';
import { totalsOf } from './cache-totals.js';

const busy: CacheCounters = {
  gets: 100,
  hits: 60,
  misses: 20,
  stale: 10,
  negative: 5,
  bypass: 3,
  errors: 2,
  loads: 15,
  loadTimeouts: 6,
  loading: { running: 3, waiting: 8 },
  collapsed: 7,
  unreadable: 1,
  hitRatio: 0.75,
  notStored: { 'too-large': 1, reconnected: 2, unavailable: 3, overtaken: 4 },
  tiers: { l1: { hits: 40, misses: 60, entries: 9, bytes: 900 }, l2: { hits: 20, misses: 40 } },
};
const idle: CacheCounters = {
  gets: 0,
  hits: 0,
  misses: 0,
  stale: 0,
  negative: 0,
  bypass: 0,
  errors: 0,
  loads: 0,
  loadTimeouts: 0,
  loading: { running: 0, waiting: 0 },
  collapsed: 0,
  unreadable: 0,
  hitRatio: 0,
  notStored: { 'too-large': 0, reconnected: 0, unavailable: 0, overtaken: 0 },
  tiers: { l1: { hits: 0, misses: 0, entries: 0, bytes: 0 }, l2: { hits: 0, misses: 0 } },
};

describe(totalsOf, () => {
  it('adds up every counter', () => {
    expect(totalsOf([busy, busy])).toEqual({
      gets: 200,
      hits: 120,
      misses: 40,
      stale: 20,
      negative: 10,
      bypass: 6,
      errors: 4,
      loads: 30,
      loadTimeouts: 12,
      loading: { running: 6, waiting: 16 },
      collapsed: 14,
      unreadable: 2,
      hitRatio: 0.75,
      notStored: { 'too-large': 2, reconnected: 4, unavailable: 6, overtaken: 8 },
      tiers: { l1: { hits: 80, misses: 120, entries: 18, bytes: 1_800 }, l2: { hits: 40, misses: 80 } },
    });
  });

  it('computes the hit ratio from the sums, so that an idle cache does not lower it', () => {
    expect(totalsOf([busy, idle]).hitRatio).toBe(0.75);
  });

  it('returns zeros without caches', () => {
    expect(totalsOf([])).toEqual(idle);
  });
});
