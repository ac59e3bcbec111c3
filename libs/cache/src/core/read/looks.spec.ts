import { describe, expect, it, vi } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';
import type { CachePolicy } from '../policy/define-cache.js';
import { Look } from './look.js';
import { Looks } from './looks.js';

const SLOT = 'n:c:test:sk';

/** A process that holds nothing yet, beside one that has stored 1 under `k`. */
async function given(policy: Partial<CachePolicy<string, number>> = {}) {
  const asked: string[] = [];
  const { clock, server, instance } = givenFleet<number>(policy, async (label, act) => {
    asked.push(label);
    await Promise.resolve();
    return act();
  });
  const [other, { cache, runtime, store }] = [instance(), instance()];
  await other.cache.readThrough('k', async () => 1);
  const entry = cache.at('k');
  if (!entry) throw new Error('k is a key');
  const load = vi.fn(async () => 2);
  asked.splice(0);
  /** What `find` saw, where it is no answer. */
  const look = async () => {
    const found = await entry.find();
    return found instanceof Look ? found : undefined;
  };
  return { clock, server, other, cache, runtime, store, entry, load, look, asked };
}

describe(Looks.name, () => {
  it('find what is stored and fresh, keep it in L1 and count it as a hit in L2', async () => {
    const { cache, entry } = await given();
    expect(await entry.find()).toMatchObject({ status: 'hit', tier: 'l2', stored: true, answer: { json: '1' } });
    expect(entry.getFromMemory()).toMatchObject({ tier: 'l1' });
    expect(cache.counters()).toMatchObject({
      gets: 2,
      hits: 2,
      tiers: { l1: { misses: 1 }, l2: { hits: 1, misses: 0 } },
    });
  });

  it('are shared by all who look at once', async () => {
    const { cache, entry, asked } = await given();
    const found = await Promise.all([entry.find(), entry.find(), entry.find()]);
    expect(found.map((one) => one && 'collapsed' in one && one.collapsed)).toEqual([false, true, true]);
    expect(asked).toEqual(['read']);
    expect(cache.counters()).toMatchObject({ hits: 3, collapsed: 2, tiers: { l2: { hits: 1 } } });
  });

  it('are not shared with who asks after a write was told of', async () => {
    const { entry, other } = await given();
    const before = entry.find();
    await other.cache.writeThrough('k', async () => 5);
    expect(await entry.find()).toMatchObject({ answer: { json: '5' } });
    await before;
    expect(entry.getFromMemory()?.answer.json).not.toBe('1');
  });

  it('let a read go on from what they saw: it asks the store no second time, and counts once', async () => {
    const { cache, server, entry, load, look, asked } = await given();
    server.evict(SLOT);
    const seen = await look();
    expect(await entry.read(load, { look: seen })).toMatchObject({
      status: 'miss',
      stored: true,
      answer: { value: 2 },
    });
    seen?.end();
    expect(asked.filter((label) => label === 'read')).toHaveLength(1);
    expect(load).toHaveBeenCalledOnce();
    expect(cache.counters()).toMatchObject({ gets: 1, misses: 1, tiers: { l1: { misses: 1 }, l2: { misses: 1 } } });
  });

  it('are acted upon once', async () => {
    const { server, entry, load, look, asked } = await given();
    server.evict(SLOT);
    const seen = await look();
    await entry.read(load, { look: seen });
    server.evict(SLOT);
    entry.getFromMemory();
    expect(await entry.read(load, { look: seen })).toMatchObject({ tier: 'l1' });
    seen?.end();
    expect(asked.filter((label) => label === 'read')).toHaveLength(1);
  });

  it('keep out of L1 what is loaded after them, where an invalidation fell in between', async () => {
    const { server, entry, load, look, other } = await given();
    server.evict(SLOT);
    const seen = await look();
    await other.cache.invalidate('k');
    expect(await entry.read(load, { look: seen })).toMatchObject({ stored: true });
    seen?.end();
    expect(entry.getFromMemory()).toBeUndefined();
  });

  it('spare a read a store that did not answer them', async () => {
    const { store, entry, load, look, asked } = await given();
    const looking = look();
    store.disconnect();
    const seen = await looking;
    store.reconnect();
    expect(await entry.read(load, { look: seen })).toMatchObject({ status: 'bypass', detail: 'unavailable' });
    seen?.end();
    expect(asked).toEqual(['read']);
  });

  it.each([
    ['what is stale', { staleWhileRevalidate: '1h' }, 34_000],
    ['what is fresh and may be due to be loaded ahead', { staleWhileRevalidate: '1h' }, 26_000],
    ['what is kept for errors', { staleIfError: '1h' }, 34_000],
  ] as const)('leave %s to the read', async (_, policy, afterMs) => {
    const { clock, entry, cache, runtime, load } = await given(policy);
    // It takes long to load, so it is loaded ahead of its end.
    const slow = async () => (clock.advance(1_000), 3);
    await cache.readThrough('other', slow);
    clock.advance(afterMs);
    runtime.coherence.onHeartbeat(Number.POSITIVE_INFINITY);
    expect(await entry.find()).toBeUndefined();
    expect(cache.counters()).toMatchObject({ gets: 1 });
    expect(load).not.toHaveBeenCalled();
  });

  it('leave to the read what is absent, being loaded, held, or pending', async () => {
    const { cache, entry, runtime, store, other } = await given({ negativeTtl: '5s' });
    await other.cache.invalidate('k');
    const loading = Promise.withResolvers<number | undefined>();
    const elsewhere = other.cache.readThrough('k', () => loading.promise);
    await vi.waitFor(async () => expect(await entry.find()).toBeUndefined());
    loading.resolve(undefined);
    await elsewhere;
    expect(await entry.find()).toBeUndefined();
    expect(await entry.read(async () => 2)).toMatchObject({ status: 'negative' });
    expect(await entry.find()).toBeUndefined();
    runtime.coherence.local.clear();
    store.disconnect();
    await cache.invalidate('another');
    store.reconnect();
    expect(await entry.find()).toBeUndefined();
  });

  it('leave a key that is being loaded here to who is loading it', async () => {
    const { server, entry, cache, asked } = await given();
    server.evict(SLOT);
    const loading = Promise.withResolvers<number>();
    const read = cache.readThrough('k', () => loading.promise);
    await vi.waitFor(() => expect(asked).toContain('acquire'));
    expect(await entry.find()).toBeUndefined();
    loading.resolve(1);
    await read;
    expect(asked.filter((label) => label === 'read')).toHaveLength(1);
  });
});
