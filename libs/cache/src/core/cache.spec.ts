import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { MemoryStore } from '../memory/memory-store.js';
import { MemoryTier } from '../memory/memory-tier.js';
import { ManualClock } from '../testing/manual-clock.js';
import { Cache } from './cache.js';
import { type CachePolicy, defineCache } from './cache-definition.js';
import type { SlotStore } from './ports.js';

/** Stands for Redis: instances share it. */
class SharedStore extends MemoryStore {
  override readonly tier = 'l2';
}

const bounds = { maxBytes: 1_000_000, maxEntries: 1_000 };

function givenFleet<V>(policy: Partial<CachePolicy<string, V>> = {}) {
  const clock = new ManualClock();
  const shared = new SharedStore(clock, bounds);
  const warn = vi.fn<(message: string) => void>();
  const definition = defineCache<string, V>({
    name: 'test',
    version: 1,
    key: z.string().min(1),
    ttl: '30s',
    ...policy,
  });
  const instance = (store: SlotStore = shared) => {
    const local = new MemoryTier(clock, bounds);
    return new Cache(definition, { namespace: 'n', clock, store, local, usage: (cache) => local.usage(cache), warn });
  };
  return { clock, warn, instance };
}

const away: SlotStore = {
  tier: 'l2',
  read: () => Promise.reject(new Error('away')),
  write: () => Promise.reject(new Error('away')),
  delete: () => Promise.reject(new Error('away')),
  createTag: () => Promise.reject(new Error('away')),
  replaceTag: () => Promise.reject(new Error('away')),
};

describe(Cache.name, () => {
  it('loads once, then hits L1, and L2 from another instance', async () => {
    const { instance } = givenFleet<number>();
    const [a, b] = [instance(), instance()];
    const load = vi.fn(async () => 7);
    const results = [await a.read('k', load), await a.read('k', load), await b.read('k', load)];
    expect(results.map((outcome) => [outcome?.result, outcome?.tier, outcome?.answer.value])).toEqual([
      ['miss', undefined, 7],
      ['hit', 'l1', 7],
      ['hit', 'l2', 7],
    ]);
    expect(load).toHaveBeenCalledTimes(1);
  });

  it.each([0, '', false, null])('takes %j for a value', async (value) => {
    const { instance } = givenFleet<unknown>();
    const cache = instance();
    await cache.readThrough('k', async () => value);
    expect(await cache.readThrough('k', async () => 'loaded again')).toBe(value);
  });

  it('holds an item in L1 for one second, in L2 for its TTL from the start of the load', async () => {
    const { clock, instance } = givenFleet<number>({ ttl: '2s' });
    const cache = instance();
    await cache.readThrough('k', async () => {
      clock.advance(500);
      return 1;
    });
    clock.advance(999);
    expect(await cache.read('k', async () => 2)).toMatchObject({ tier: 'l1' });
    clock.advance(1);
    expect(await cache.read('k', async () => 2)).toMatchObject({ tier: 'l2', ttlMs: 500 });
    clock.advance(500);
    expect(await cache.read('k', async () => 2)).toMatchObject({ result: 'miss', ttlMs: 2_000 });
  });

  it('reads the new value after a write: here at once, elsewhere within a second', async () => {
    const { clock, instance } = givenFleet<number>();
    const [writer, reader] = [instance(), instance()];
    await writer.readThrough('k', async () => 1);
    await reader.readThrough('k', async () => 1);
    await writer.writeAround('k', async () => {});
    expect(await writer.readThrough('k', async () => 2)).toBe(2);
    expect(await reader.readThrough('k', async () => 2)).toBe(1);
    clock.advance(1_000);
    expect(await reader.readThrough('k', async () => 2)).toBe(2);
  });

  it('keeps the entry when the write failed, and passes the error on', async () => {
    const { instance } = givenFleet<number>();
    const cache = instance();
    await cache.readThrough('k', async () => 1);
    const refused = new Error('refused');
    await expect(cache.writeAround('k', () => Promise.reject(refused))).rejects.toBe(refused);
    expect(await cache.read('k', async () => 2)).toMatchObject({ result: 'hit' });
  });

  it('never keeps an entry with tags in L1, and misses everywhere once a tag is invalidated', async () => {
    const { instance } = givenFleet<number>({ tags: () => ['all'] });
    const [writer, reader] = [instance(), instance()];
    await reader.readThrough('k', async () => 1);
    expect(await reader.read('k', async () => 2)).toMatchObject({ tier: 'l2' });
    await writer.writeAround('other', async () => {}, { tags: ['all'] });
    expect(await reader.readThrough('k', async () => 2)).toBe(2);
  });

  it('does not store under the new version what was loaded under the old one', async () => {
    const { instance } = givenFleet<number>({ tags: () => ['all'] });
    const cache = instance();
    await cache.readThrough('k', async () => {
      await cache.invalidateTags(['all']);
      return 1;
    });
    expect(await cache.readThrough('k', async () => 2)).toBe(2);
  });

  it('shares one load among concurrent readers', async () => {
    const { instance } = givenFleet<number>();
    const cache = instance();
    const { promise, resolve } = Promise.withResolvers<number>();
    const load = vi.fn(() => promise);
    const readers = Array.from({ length: 50 }, () => cache.read('k', load));
    resolve(1);
    const outcomes = await Promise.all(readers);
    expect(load).toHaveBeenCalledTimes(1);
    expect(outcomes.filter((outcome) => outcome?.collapsed)).toHaveLength(49);
    expect(cache.counters()).toMatchObject({ gets: 50, misses: 50, loads: 1, collapsed: 49 });
  });

  it('passes the error of a loader on unchanged, and stores nothing', async () => {
    const { instance } = givenFleet<number>();
    const cache = instance();
    const notFound = new Error('404');
    await expect(cache.readThrough('k', () => Promise.reject(notFound))).rejects.toBe(notFound);
    expect(await cache.read('k', async () => 2)).toMatchObject({ result: 'miss' });
    expect(cache.counters()).toMatchObject({ gets: 2, errors: 1, misses: 1 });
  });

  it('loads and writes without its store, and says so', async () => {
    const { warn, instance } = givenFleet<number>();
    const cache = instance(away);
    expect(await cache.read('k', async () => 1)).toMatchObject({ result: 'bypass', stored: false });
    expect(await cache.writeAround('k', async () => 'written')).toBe('written');
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('away'));
    await expect(cache.delete('k')).rejects.toThrow('away');
  });

  it('misses an entry of another schema version', async () => {
    const old = givenFleet<number>();
    const store = new SharedStore(old.clock, bounds);
    await old.instance(store).readThrough('k', async () => 1);
    const current = givenFleet<number>({ version: 2 });
    expect(await current.instance(store).readThrough('k', async () => 2)).toBe(2);
  });

  it('loads, and does not store, for a key that its schema refuses', async () => {
    const { instance } = givenFleet<number>();
    const cache = instance();
    expect(await cache.read('', async () => 1)).toBeUndefined();
    expect(await cache.readThrough('', async () => 1)).toBe(1);
    await expect(cache.writeAround('', async () => 1)).rejects.toMatchObject({ code: 'CACHE_KEY_INVALID' });
  });

  it('lets the outermost load store what the innermost loader returned', async () => {
    const { instance } = givenFleet<{ n: number }>();
    const cache = instance();
    const inner = vi.fn(async () => ({ n: 1 }));
    const outcome = await cache.read('k', () => cache.readThrough('k', inner));
    expect(outcome).toMatchObject({ stored: true, answer: { json: '{"n":1}' } });
    expect(inner).toHaveBeenCalledTimes(1);
  });

  it('sends, and does not store, what was made from the innermost value', async () => {
    const { warn, instance } = givenFleet<{ n: number }>();
    const cache = instance();
    const outcome = await cache.read('k', async () => ({
      ...(await cache.readThrough('k', async () => ({ n: 1 }))),
      n: 2,
    }));
    expect(outcome).toMatchObject({ stored: false, answer: { value: { n: 2 }, json: undefined } });
    expect(warn).toHaveBeenCalledOnce();
  });

  it('hands out a frozen value, because its readers share it', async () => {
    const { instance } = givenFleet<{ n: { m: number } }>();
    const cache = instance();
    await cache.readThrough('k', async () => ({ n: { m: 1 } }));
    const shared = await cache.readThrough('k', async () => ({ n: { m: 2 } }));
    expect(() => {
      shared.n.m = 3;
    }).toThrow(TypeError);
  });

  it.each([undefined, () => 1, { n: 1n }])(
    'sends, and does not store, a value that JSON cannot hold: %s',
    async (value) => {
      const { warn, instance } = givenFleet<unknown>();
      expect(await instance().read('k', async () => value)).toMatchObject({ stored: false, answer: { value } });
      expect(warn).toHaveBeenCalledOnce();
    },
  );
});
