import { describe, expect, it, vi } from 'vitest';
import { MemoryStore } from '../memory/memory-store.js';
import { givenFleet } from '../testing/fleet.js';
import { givenRuntime } from '../testing/given-runtime.js';
import { ManualClock } from '../testing/manual-clock.js';
import { Cache } from './cache.js';
import type { RuntimeOptions } from './cache-runtime.js';
import { Counters, sumCounters } from './counters.js';
import { defineCache } from './policy/define-cache.js';
import type { ReadStatus } from './read-result.js';

const RECORD_KEY = 'n:c:test:sk';
const record = { cache: 'test', key: RECORD_KEY };
const [l1, loading] = [
  { entries: 0, bytes: 0, evictions: { entries: 0, bytes: 0 } },
  { running: 0, waiting: 0 },
];

function count(counters: Counters, ...results: readonly ReadStatus[]): void {
  for (const status of results)
    counters.read(record, { status, detail: undefined, tier: undefined, collapsed: false }, 1);
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};

describe(Counters.name, () => {
  it('count hits, stale and negative reads in the hit ratio, and no other result', () => {
    const counters = new Counters('test');
    expect(counters.snapshot(l1, loading).hitRatio).toBe(0);
    count(counters, 'hit', 'stale', 'negative', 'negative', 'miss', 'bypass', 'error', 'error');
    expect(counters.snapshot(l1, loading).hitRatio).toBe(0.5);
  });

  it.each([
    ['loads in the end', 1_000, { hits: 0, misses: 1 }],
    ['finds what another process stored', 20, { hits: 1, misses: 0 }],
    ['exceeds its patience', 60_000, { hits: 0, misses: 1 }],
  ])('counts a read that waits and %s once', async (_, leaseMs, l2) => {
    const { clock, server, instance } = givenFleet<number>();
    const { cache } = instance();
    await cache.set('k', 1);
    const stored = server.text(RECORD_KEY) ?? '';
    server.evict(RECORD_KEY);
    server.machine.read(RECORD_KEY, { token: 'busy', leaseMs, replaces: undefined });
    const reading = cache.read('k', async () => 1);
    for (let ms = 0; ms < 6_000; ms += 10) {
      await settled();
      clock.advance(10);
      if (ms === 10 && l2.hits === 1) server.put(RECORD_KEY, stored, 30_000);
    }
    await reading;
    expect(cache.counters()).toMatchObject({ gets: 1, tiers: { l2 } });
  });

  it('counts a cached absence as negative for every verb and tier', async () => {
    const { instance } = givenFleet<number>({ negativeTtl: '5s' });
    const [here, there] = [instance(), instance()];
    await here.cache.readThrough('k', async () => undefined);
    const read = vi.spyOn(here.store, 'read');
    await here.cache.get('k');
    expect(read).not.toHaveBeenCalled();
    expect(here.cache.counters()).toMatchObject({
      hits: 0,
      misses: 1,
      negative: 1,
      tiers: { l1: { hits: 1, misses: 1 } },
    });
    await there.cache.get('k');
    expect(there.cache.counters()).toMatchObject({ hits: 0, negative: 1, tiers: { l2: { hits: 1, misses: 0 } } });
  });

  it('counts hits, stale and negative answers per get as the hit ratio', () => {
    const counters = new Counters('test');
    expect(counters.snapshot(l1, loading).hitRatio).toBe(0);
    count(counters, 'hit', 'stale', 'negative', 'miss', 'bypass', 'error');
    expect(counters.snapshot(l1, loading)).toMatchObject({ gets: 6, hitRatio: 0.5 });
    count(counters, 'negative', 'negative');
    expect(counters.snapshot(l1, loading)).toMatchObject({ gets: 8, hitRatio: 5 / 8 });
  });

  it.each([
    ['a read', (cache: Cache<string, number>) => cache.readThrough('k', async () => 1)],
    ['a get', (cache: Cache<string, number>) => cache.get('k')],
  ])('does not count L1 if %s bypasses it inside a load', async (_, read) => {
    const { instance, definition } = givenFleet<number>();
    const { cache, runtime } = instance();
    await cache.set('k', 1);
    const list = new Cache({ ...definition, name: 'list' }, runtime);
    await list.readThrough('all', async () => (await read(cache)) ?? 0);
    expect(cache.counters().tiers).toMatchObject({ l1: { hits: 0, misses: 0 }, l2: { hits: 1, misses: 0 } });
  });

  const foreign: [string, (stored: string) => string][] = [
    ['cut short', (stored) => stored.slice(0, -1)],
    ['a payload that is no JSON', (stored) => stored.replace('{"n":1}', '{"n":1]')],
    ['another text', () => 'what is this?'],
  ];
  it.each(foreign)('counts a record as unreadable: %s', async (_, spoil) => {
    const { server, instance } = givenFleet<{ n: number }>();
    const [writer, reader] = [instance().cache, instance().cache];
    await writer.set('k', { n: 1 });
    server.put(RECORD_KEY, spoil(server.text(RECORD_KEY) ?? ''), 30_000);
    expect(await reader.get('k')).toBeUndefined();
    expect(await reader.readThrough('k', async () => ({ n: 2 }))).toEqual({ n: 2 });
    expect(reader.counters()).toMatchObject({ misses: 2, unreadable: 2, tiers: { l2: { misses: 2 } } });
    await reader.readThrough('other', async () => ({ n: 3 }));
    expect(reader.counters().unreadable).toBe(2);
  });

  it('counts a client error of the loader as a miss', async () => {
    const { instance } = givenFleet<number>();
    const { cache } = instance();
    const notFound = Object.assign(new Error('There is none.'), { status: 404 });
    await expect(cache.readThrough('k', () => Promise.reject(notFound))).rejects.toBe(notFound);
    expect(cache.counters()).toMatchObject({ gets: 1, errors: 0, misses: 1 });
  });

  it('times the first hit in memory, then one of 1 to 255, which counts for the ones before it', async () => {
    const { clock, instance } = givenFleet<number>();
    const { cache } = instance();
    await cache.readThrough('k', async () => 1);
    vi.spyOn(clock, 'random').mockReturnValueOnce(0).mockReturnValueOnce(0.999_999);
    const timed: number[] = [];
    for (let hits = 1; hits <= 300; hits += 1) {
      await cache.readThrough('k', async () => 1);
      if (cache.durations.gets.hit.count === hits) timed.push(hits);
    }
    expect(cache.counters().hits).toBe(300);
    expect(timed).toEqual([1, 2, 2 + 255]);
  });

  it('counts the values that enter each tier, and those that leave L1 because of a limit', async () => {
    const { instance } = givenFleet<number>();
    const { cache } = instance();
    for (let key = 0; key < 1_003; key += 1) await cache.readThrough(`k${key}`, async () => key);
    expect(cache.counters().tiers).toMatchObject({
      l1: { puts: 1_003, entries: 1_000, evictions: { entries: 3, bytes: 0 } },
      l2: { puts: 1_003 },
    });
  });

  it('counts no value as entering a memory that has no room for any', async () => {
    const clock = new ManualClock();
    const store: RuntimeOptions['store'] = (_, listener) =>
      new MemoryStore(clock, { maxBytes: 10_000, maxEntries: 10 }, listener);
    const { runtime } = givenRuntime({ clock, store, maxBytes: 1 });
    const cache = new Cache(defineCache<number>('numbers', { ttl: '30s' }), runtime);
    for (const status of ['misses', 'hits'] as const) {
      expect(await cache.readThrough('k', async () => 1)).toBe(1);
      expect(cache.counters()).toMatchObject({ [status]: 1, tiers: { l1: { hits: 0, puts: 0 }, l2: { puts: 1 } } });
    }
  });

  it('counts rejected reads by their reason, and times their loads by their outcome', async () => {
    const { instance } = givenFleet<number>();
    const { cache } = instance();
    const rejects = (thrown: object) =>
      expect(cache.readThrough('k', () => Promise.reject(thrown))).rejects.toBe(thrown);
    await rejects(new Error('down'));
    await rejects(Object.assign(new Error('There is none.'), { status: 404 }));
    expect(cache.counters()).toMatchObject({ misses: 1, errors: 1, failed: { origin: 1, overloaded: 0 } });
    const { loads } = cache.durations;
    expect([loads.failed.count, loads.refused.count, loads.loaded.count]).toEqual([1, 1, 0]);
  });
});

describe(sumCounters, () => {
  it('adds up every counter, and computes the hit ratio from the sums', () => {
    const busy = new Counters('busy');
    count(busy, 'hit', 'hit', 'stale', 'miss');
    busy.tiers.l2.hits += 1;
    busy.notStored(record, 'overtaken');
    const [one, idle] = [busy, new Counters('idle')].map((counters) =>
      counters.snapshot(l1, { running: 1, waiting: 2 }),
    );
    if (!one || !idle) throw new Error('no counters');
    expect(sumCounters([one, idle, one])).toEqual({
      ...one,
      gets: 8,
      hits: 4,
      stale: 2,
      misses: 2,
      hitRatio: 0.75,
      loading: { running: 3, waiting: 6 },
      notStored: { ...one.notStored, overtaken: 2 },
      tiers: { ...one.tiers, l2: { ...one.tiers.l2, hits: 2 } },
    });
  });

  it('returns zeros without caches', () => {
    expect(sumCounters([])).toEqual(new Counters('').snapshot(l1, loading));
  });
});
