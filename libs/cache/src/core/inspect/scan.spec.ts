import { describe, expect, it, vi } from 'vitest';
import { givenRuntime } from '../../testing/given-runtime.js';
import { givenFleet } from '../../testing/fleet.js';
import { withPayload } from '../../testing/forged-record.js';
import { Cache } from '../cache.js';
import { jsonCodec } from '../codec/json-codec.js';
import { type CachePolicy, defineCache } from '../policy/define-cache.js';
import { Scan } from './scan.js';
import type { CacheRuntime } from '../cache-runtime.js';

function given() {
  const { clock, runtime } = givenRuntime({ maxBytes: 10_000_000, maxEntries: 10_000 });
  return { clock, runtime, cache: cacheOver(runtime) };
}

function cacheOver(
  runtime: CacheRuntime,
  policy: Partial<CachePolicy<string, string>> = {},
  name = 'test',
): Cache<string, string> {
  const { definition } = givenFleet<string>({ ttl: '30s', ...policy });
  return new Cache(defineCache<string>(name, definition), runtime);
}

async function valuesOf(cache: Pick<Cache<string, string>, 'values'>): Promise<string[]> {
  const values: string[] = [];
  for await (const value of cache.values()) values.push(value);
  return values.toSorted();
}

describe(Scan.name, () => {
  it('yields every value of its cache, and of no other', async () => {
    const { runtime, cache } = given();
    const keys = Array.from({ length: 600 }, (_, index) => `${index}`);
    for (const key of keys) await cache.set(key, key);
    await cacheOver(runtime, {}, 'test.more').set('a', 'of another cache');
    expect(await valuesOf(cache)).toEqual(keys.toSorted());
  });

  it('skips a record whose text is no JSON', async () => {
    const { runtime, cache } = given();
    for (const key of ['a', 'b']) await cache.set(key, key);
    const [{ text, ttlMs } = { text: '', ttlMs: 0 }] = (await runtime.store.read(['n:c:test:sa'], [])).records;
    await runtime.store.invalidate('n:c:test:sa');
    await runtime.store.intent('n:c:test:sa', 'f', 1_000);
    await runtime.store.doneWithValue('n:c:test:sa', 'f', { text: withPayload('{')(text ?? ''), ttlMs });
    expect(await valuesOf(cache)).toEqual(['b']);
  });

  it('skips records without a value that may be served', async () => {
    const { clock, runtime } = given();
    const cache = cacheOver(runtime, { staleWhileRevalidate: '1h', negativeTtl: '1m', tags: (key) => [key[0] ?? ''] });
    for (const key of ['expired', 'stale']) await cache.set(key, key, { ttlMs: key === 'stale' ? 10 : 30_000 });
    clock.advance(40_000);
    for (const key of ['tagged', 'pending', 'fresh', 'absent']) {
      await cache.readThrough(key, async () => (key === 'absent' ? undefined : key));
    }
    await cache.invalidateTags(['t']);
    runtime.pending.add({ recordKeys: ['n:c:test:spending'], tags: [] });
    const lease = { token: 'f', leaseMs: 1_000, replaces: undefined };
    await runtime.store.read(['n:c:test:sloading'], [], { lease });
    await runtime.store.intent('n:c:test:swritten', 'f', 1_000);
    expect(await valuesOf(cache)).toEqual(['fresh']);
    await cache.clear();
    expect(await valuesOf(cache)).toEqual([]);
  });

  it('skips entries with a tag that is still to be invalidated', async () => {
    const { runtime } = given();
    const cache = cacheOver(runtime, { tags: (key) => [key] });
    for (const key of ['pending', 'fresh']) await cache.set(key, key);
    runtime.pending.add({ recordKeys: [], tags: ['n:t:spending'] });
    expect(await valuesOf(cache)).toEqual(['fresh']);
  });

  it('reads the records of a binary codec in binary form', async () => {
    const { runtime } = given();
    const cache = cacheOver(runtime, { codec: { ...jsonCodec, name: 'packed', form: 'binary' } });
    await cache.set('k', 'v');
    const read = vi.spyOn(runtime.store, 'read');
    expect(await valuesOf(cache)).toEqual(['v']);
    expect(read).toHaveBeenCalledWith(['n:c:test:sk'], [], { form: 'binary' });
  });

  it('throws if the connection to the store changes during the scan', async () => {
    const { runtime, cache } = given();
    for (let key = 0; key < 300; key += 1) await cache.set(`${key}`, 'v');
    const walk = cache.values();
    await walk.next();
    Object.defineProperty(runtime.store, 'session', { value: 'another' });
    await expect(valuesOf({ values: () => walk })).rejects.toMatchObject({ code: 'CACHE_UNAVAILABLE' });
  });

  it('throws if the store does not support scans', async () => {
    const { cache } = givenFleet<string>().instance();
    await expect(valuesOf(cache)).rejects.toMatchObject({ code: 'CACHE_UNAVAILABLE' });
  });
});
