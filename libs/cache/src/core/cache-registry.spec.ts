import { describe, expect, it } from 'vitest';
import { givenRuntime } from '../testing/given-runtime.js';
import { givenFleet } from '../testing/fleet.js';
import { CacheRegistry } from './cache-registry.js';
import { defineCache } from './policy/define-cache.js';

const policy = { ttl: '30s' } as const;
const users = defineCache<number>('users', policy);
const orders = defineCache<number>('orders', policy);

function givenRegistry() {
  const fleet = givenFleet<number>();
  const { runtime, store } = fleet.instance();
  return { ...fleet, runtime, store, caches: new CacheRegistry(runtime) };
}

function givenRegistryInProcess(): CacheRegistry {
  return new CacheRegistry(givenRuntime().runtime);
}

describe(CacheRegistry.name, () => {
  it('finds the cache of a definition', () => {
    const { caches } = givenRegistry();
    const [ofUsers, ofOrders] = [caches.create(users), caches.create(orders)];
    expect(caches.find(users)).toBe(ofUsers);
    expect(caches.find(orders)).toBe(ofOrders);
  });

  it('finds no cache that was not created, and none of another definition with the same name', () => {
    const { caches } = givenRegistry();
    const notRegistered = expect.objectContaining({ code: 'CACHE_NOT_REGISTERED' });
    expect(() => caches.find(users)).toThrow(notRegistered);
    caches.create(users);
    expect(() => caches.find(defineCache<number>('users', policy))).toThrow(notRegistered);
  });

  it('registers a definition once, however often modules do', () => {
    const { caches } = givenRegistry();
    const cache = caches.register(users);
    expect(caches.register(users)).toBe(cache);
    expect(() => caches.register(defineCache<number>('users', policy))).toThrow(
      expect.objectContaining({ code: 'CACHE_NAME_TAKEN' }),
    );
  });

  it('rejects a second cache of the same name', () => {
    const { caches } = givenRegistry();
    caches.create(users);
    expect(() => caches.create(defineCache<number>('users', policy))).toThrow(
      expect.objectContaining({ code: 'CACHE_NAME_TAKEN' }),
    );
  });

  it('says of a definition that has a cache how to get it', () => {
    const { caches } = givenRegistry();
    caches.create(users);
    expect(() => caches.create(users)).toThrow('The cache "users" exists already. Get it with CacheRegistry.find.');
  });

  it('invalidates entries of several caches, and tags, as one entry of the journal', async () => {
    const { caches } = givenRegistry();
    const tagged = defineCache<number>('tagged', { ...policy, tags: () => ['t'] });
    const all = [caches.create(users), caches.create(orders), caches.create(tagged)];
    for (const cache of all) await cache.readThrough('k', async () => 1);
    const entries = all.slice(0, 2).flatMap((cache) => cache.at('k') ?? []);
    expect(await caches.invalidate([...entries, ...entries], ['t', 't'])).toBe('applied');
    for (const cache of all) expect(await cache.readThrough('k', async () => 2)).toBe(2);
    expect([...caches.journal]).toMatchObject([{ kind: 'invalidation', names: 3 }]);
  });

  it('returns the counters of each cache by its name', async () => {
    const { caches } = givenRegistry();
    await caches.create(users).readThrough('1', async () => 1);
    caches.create(orders);
    expect(caches.counters()).toMatchObject({ users: { gets: 1, loads: 1 }, orders: { gets: 0, loads: 0 } });
  });

  it('is in process only without Redis', () => {
    expect(givenRegistryInProcess().inProcess).toBe(true);
    expect(givenRegistry().caches.inProcess).toBe(false);
  });

  it('reports the state of its channel: connected, the age of its last heartbeat, and how often it was lost', () => {
    const { clock, caches, runtime } = givenRegistry();
    clock.advance(500);
    expect(caches.channel).toEqual({ connected: true, heartbeatAgeMs: undefined, flushes: 0 });
    runtime.coherence.onChannelLost();
    expect(caches.channel).toEqual({ connected: false, heartbeatAgeMs: undefined, flushes: 1 });
    runtime.coherence.onHeartbeat(100.6);
    expect(caches.channel).toEqual({ connected: true, heartbeatAgeMs: 399, flushes: 1 });
  });

  it('counts the invalidations that wait for the store', async () => {
    const { caches, store } = givenRegistry();
    store.disconnect();
    await caches.write((tx) => tx.invalidate(users, '1'));
    expect(caches.pending).toBe(1);
  });
});
