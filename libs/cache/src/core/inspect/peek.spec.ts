import { describe, expect, it, vi } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';
import { Cache } from '../cache.js';
import { Peek } from './peek.js';

describe(Peek.name, () => {
  it('reads the keys missing in L1 in one round trip, and keeps them in L1', async () => {
    const { instance } = givenFleet<string>();
    const [here, there] = [instance(), instance()];
    await here.cache.readThrough('l1', async () => 'l1');
    await there.cache.set('l2', 'l2');
    const read = vi.spyOn(here.store, 'read');
    const reading = here.cache.getMany(['l2', 'none', 'l1', 'l2']);
    expect(await reading).toEqual(['l2', undefined, 'l1', 'l2']);
    expect(read.mock.calls.map(([recordKeys]) => recordKeys)).toEqual([
      ['n:c:test:sl2', 'n:c:test:snone', 'n:c:test:sl2'],
    ]);
    expect(await here.cache.getMany(['l2'])).toEqual(['l2']);
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('reads 250 keys per round trip', async () => {
    const { cache, store } = givenFleet<string>().instance();
    const read = vi.spyOn(store, 'read');
    expect(await cache.getMany(Array.from({ length: 501 }, (_, index) => `${index}`))).toHaveLength(501);
    expect(read.mock.calls.map(([recordKeys]) => recordKeys.length)).toEqual([250, 250, 1]);
  });

  it('skips pending, stale and invalidated entries, and entries with a write in progress', async () => {
    const { clock, instance } = givenFleet<string>({ ttl: '1s', staleWhileRevalidate: '1h', tags: (key) => [key] });
    const { cache, runtime } = instance();
    for (const key of ['pending', 'tagged', 'written', 'other']) await cache.set(key, key);
    runtime.pending.add({ recordKeys: ['n:c:test:spending'], tags: [] });
    await cache.invalidateTags(['tagged']);
    await cache.writeThrough('written', async () => {
      expect(await cache.getMany(['written', 'other'])).toEqual([undefined, undefined]);
      return 'new';
    });
    expect(await cache.getMany(['pending', 'tagged', 'written'])).toEqual([undefined, undefined, 'new']);
    clock.advance(1_000);
    expect(await cache.getMany(['written'])).toEqual([undefined]);
  });

  it('does not keep an entry in L1 that was invalidated during the read', async () => {
    const { instance } = givenFleet<string>();
    const [here, there] = [instance(), instance()];
    await there.cache.set('a', 'old');
    const onTheWay = Promise.withResolvers<void>();
    const requested = Promise.withResolvers<void>();
    const { store } = here;
    const read = store.read.bind(store);
    vi.spyOn(store, 'read').mockImplementationOnce(async (recordKeys, tags) => {
      const answer = await read(recordKeys, tags);
      requested.resolve();
      await onTheWay.promise;
      return answer;
    });
    const peeking = here.cache.getMany(['a']);
    await requested.promise;
    await there.cache.set('a', 'new');
    onTheWay.resolve();
    expect(await peeking).toEqual(['old']);
    expect(await here.cache.getMany(['a'])).toEqual(['new']);
  });

  it('counts its hits and misses', async () => {
    const { cache } = givenFleet<string>().instance();
    await cache.set('there', 'value');
    await cache.getMany(['there', 'not there']);
    await cache.get('there');
    expect(cache.counters()).toMatchObject({
      gets: 3,
      hits: 2,
      misses: 1,
      tiers: { l1: { hits: 1, misses: 2 }, l2: { hits: 1, misses: 1 } },
    });
  });

  it('sends a single read before its caller continues', () => {
    const { cache, store } = givenFleet<string>().instance();
    const read = vi.spyOn(store, 'read');
    void cache.get('a');
    expect(read).toHaveBeenCalledOnce();
  });

  it('reads the tags from the store inside a load, although it has their versions', async () => {
    const { definition, instance } = givenFleet<string>({ tags: () => ['t'] });
    const [here, there] = [instance(), instance()];
    await here.cache.readThrough('k', async () => 'old');
    here.store.dropMessages();
    await there.cache.invalidateTags(['t']);
    expect(await here.cache.get('k')).toBe('old');
    const list = new Cache({ ...definition, name: 'list' }, here.runtime);
    expect(await list.readThrough('all', async () => (await here.cache.get('k')) ?? 'none')).toBe('none');
  });

  it('counts reads that bypass the cache, and no record as unreadable that can be read', async () => {
    const { cache, runtime } = givenFleet<string>().instance();
    runtime.pending.add({ recordKeys: ['n:c:test:spending'], tags: [] });
    await cache.set('there', 'value');
    await cache.getMany(['pending', 'there', 'absent']);
    expect(cache.counters()).toMatchObject({ bypass: 1, hits: 1, misses: 1, unreadable: 0 });
  });

  it('finds nothing on another server that comes during its lookup, before all entries are invalidated there', async () => {
    const fleet = givenFleet<string>();
    const { cache, runtime, store } = fleet.instance();
    await cache.set('k', 'old');
    fleet.server.save();
    await cache.clear();
    const { read } = store;
    vi.spyOn(store, 'read').mockImplementationOnce((...what) => {
      fleet.server.restart();
      runtime.coherence.onChannelLost();
      runtime.pending.add({ recordKeys: [], tags: [runtime.keys.namespaceTag] });
      return read.apply(store, what);
    });
    expect(await cache.get('k')).toBeUndefined();
  });

  it('rejects while the store is unavailable, and counts an error', async () => {
    const { cache, store } = givenFleet<string>().instance();
    store.disconnect();
    await expect(cache.getMany(['a'])).rejects.toThrow('unavailable');
    expect(cache.counters()).toMatchObject({ gets: 1, errors: 1 });
  });
});
