import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { givenFleet } from '../../testing/fleet.js';
import { Cache } from '../cache.js';
import { defineCache } from '../policy/define-cache.js';
import { ReadMany } from './read-many.js';

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};

/** Creates an origin that returns each key with itself and a number, and no value for `none`. */
const origin = (suffix = '') =>
  vi.fn(async (keys: string[]) => new Map(keys.filter((key) => key !== 'none').map((key) => [key, key + suffix])));

const given = (policy: Parameters<typeof givenFleet<string>>[0] = {}) => givenFleet<string>(policy);

describe(ReadMany.name, () => {
  it('returns values in the order of the keys, with duplicates and absent keys', async () => {
    const { cache } = given().instance();
    const load = origin();
    expect(await cache.readThroughMany(['b', 'a', 'none', 'b'], load)).toEqual(['b', 'a', undefined, 'b']);
    expect(load.mock.calls).toEqual([[['b', 'a', 'none']]]);
    expect(await cache.readThroughMany([], load)).toEqual([]);
  });

  it('makes one round trip for the keys missing in L1, and one call for the keys missing in L2 (ZiggyCreatures/FusionCache#16, ZiggyCreatures/FusionCache#172)', async () => {
    const { instance } = given();
    const [here, there] = [instance(), instance()];
    await here.cache.readThrough('l1', async () => 'l1');
    await there.cache.readThrough('l2', async () => 'l2');
    const read = vi.spyOn(here.store, 'read');
    const load = origin();
    expect(await here.cache.readThroughMany(['l1', 'l2', 'a', 'b'], load)).toEqual(['l1', 'l2', 'a', 'b']);
    expect(read.mock.calls.map(([recordKeys]) => recordKeys)).toEqual([['n:c:test:sl2', 'n:c:test:sa', 'n:c:test:sb']]);
    expect(load.mock.calls).toEqual([[['a', 'b']]]);
    const again = await there.cache.readThroughMany(['l1', 'l2', 'a', 'b'], origin(' again'));
    expect(again).toEqual(['l1', 'l2', 'a', 'b']);
    expect(here.cache.counters()).toMatchObject({ gets: 5, hits: 2, misses: 3, loads: 2 });
  });

  it.each(['foreground', 'background'])('takes one load permit for its call in the %s', async (where) => {
    const { clock, instance } = given({ ttl: '10s', staleWhileRevalidate: '10s' });
    const { cache } = instance();
    if (where === 'background') await cache.readThroughMany(['a', 'b'], origin());
    clock.advance(11_000);
    const slow = Promise.withResolvers<string>();
    const others = Array.from({ length: 100 }, (_, index) => cache.readThrough(`${index}`, () => slow.promise));
    await settled();
    const load = origin();
    const reading = cache.readThroughMany(['a', 'b'], load);
    await settled();
    expect(load).not.toHaveBeenCalled();
    slow.resolve('slow');
    await Promise.all([reading, ...others]);
    await settled();
    expect(load.mock.calls).toEqual([[['a', 'b']]]);
  });

  it('caches the absence of a value if the policy has a negativeTtl', async () => {
    const { cache } = given({ negativeTtl: '5s' }).instance();
    await cache.readThroughMany(['none'], origin());
    expect(await cache.read('none', async () => 'x')).toMatchObject({ status: 'negative' });
  });

  it('loads a key that its schema rejects, and does not store it', async () => {
    const { cache } = given().instance();
    const load = vi.fn(async (keys: string[]) => new Map(keys.map((key) => [key, `<${key}>`])));
    expect(await cache.readThroughMany(['', 'a'], load)).toEqual(['<>', '<a>']);
    expect(await cache.readThroughMany(['', 'a'], load)).toEqual(['<>', '<a>']);
    expect(load.mock.calls).toEqual([[['', 'a']], [['']]]);
  });

  it('compares object keys by their canonical form', async () => {
    const { instance } = givenFleet<string>();
    const key = z.object({ id: z.string().toLowerCase() });
    const cache = new Cache(defineCache<string, { id: string }>('o', { key, ttl: '1m' }), instance().runtime);
    const load = vi.fn(async (keys: { id: string }[]) => new Map(keys.map(({ id }) => [{ id: id.toUpperCase() }, id])));
    expect(await cache.readThroughMany([{ id: 'a' }, { id: 'A' }], load)).toEqual(['a', 'a']);
    expect(load).toHaveBeenCalledWith([{ id: 'a' }]);
  });

  it('joins single loads in flight in this process, and single reads join its load', async () => {
    const { cache } = given().instance();
    const { promise, resolve } = Promise.withResolvers<string>();
    const single = cache.readThrough('a', () => promise);
    const loaded = Promise.withResolvers<Map<string, string>>();
    const load = vi.fn(() => loaded.promise);
    const many = cache.readThroughMany(['a', 'b'], load);
    await settled();
    const joining = cache.read('b', async () => 'not called');
    await settled();
    expect(load.mock.calls).toEqual([[['b']]]);
    loaded.resolve(new Map([['b', 'b']]));
    expect(await joining).toMatchObject({ collapsed: true, answer: { value: 'b' } });
    resolve('single');
    expect([await single, await many]).toEqual(['single', ['single', 'b']]);
  });

  it('waits for keys that another process loads, and loads the abandoned ones in one call', async () => {
    const { clock, server, instance } = given();
    for (const key of ['a', 'b']) {
      server.machine.read(`n:c:test:s${key}`, { token: 'dead', leaseMs: 1_000, replaces: undefined });
    }
    let draws = 0;
    vi.spyOn(clock, 'random').mockImplementation(() => (draws += 1) % 2);
    const load = origin();
    const reading = instance().cache.readThroughMany(['a', 'b', 'c'], load);
    for (let ms = 0; ms < 1_100; ms += 10) {
      await settled();
      clock.advance(10);
    }
    expect(await reading).toEqual(['a', 'b', 'c']);
    expect(load.mock.calls).toEqual([[['c']], [['a', 'b']]]);
  });

  it('takes a value that another process stored in the meantime', async () => {
    const { clock, instance } = given();
    const [here, there] = [instance().cache, instance().cache];
    const { promise, resolve } = Promise.withResolvers<string>();
    const other = there.readThrough('a', () => promise);
    await settled();
    const load = origin();
    const reading = here.readThroughMany(['a', 'b'], load);
    await settled();
    resolve('theirs');
    await other;
    clock.advance(10);
    expect(await reading).toEqual(['theirs', 'b']);
    expect(load.mock.calls).toEqual([[['b']]]);
  });

  it('loads its keys without waiting for loads in flight when the read is strong', async () => {
    const { cache, store } = given().instance();
    store.disconnect();
    const slow = Promise.withResolvers<string>();
    const others = [1, 2].map(() => cache.readThrough('a', () => slow.promise, { strong: true }));
    const load = origin();
    expect(await cache.readThroughMany(['a', 'b'], load, { strong: true })).toEqual(['a', 'b']);
    slow.resolve('slow');
    expect(await Promise.all(others)).toEqual(['slow', 'slow']);
  });

  it('never deadlocks with batches over the same keys', async () => {
    const { clock, instance } = given();
    const { cache } = instance();
    const orders = [
      ['a', 'b'],
      ['b', 'a', 'c'],
      ['c', 'a', 'b'],
    ];
    const reading = orders.flatMap((keys) =>
      [true, false].map((strong) => cache.readThroughMany(keys, origin(), { strong })),
    );
    for (let ms = 0; ms < 100; ms += 10) {
      await settled();
      clock.advance(10);
    }
    expect(await Promise.all(reading)).toEqual(orders.flatMap((keys) => [keys, keys]));
  });

  it('bypasses entries with a write in progress or a pending invalidation', async () => {
    const { instance } = given();
    const [writer, reader] = [instance(), instance()];
    const write = Promise.withResolvers<void>();
    const writing = writer.cache.writeInvalidate('a', () => write.promise);
    await settled();
    reader.runtime.pending.add({ recordKeys: ['n:c:test:sb'], tags: [] });
    const load = origin();
    expect(await reader.cache.readThroughMany(['a', 'b', 'c'], load)).toEqual(['a', 'b', 'c']);
    expect(load.mock.calls).toEqual([[['a', 'b', 'c']]]);
    write.resolve();
    await writing;
    const { bypass, misses } = reader.cache.counters();
    expect({ bypass, misses }).toEqual({ bypass: 2, misses: 1 });
    expect(await reader.cache.get('c')).toBe('c');
    await reader.runtime.pending.flush(reader.store);
    expect([await reader.cache.get('a'), await reader.cache.get('b')]).toEqual([undefined, undefined]);
  });

  it('stores nothing over a write that began during its load', async () => {
    const { instance } = given();
    const [writer, reader] = [instance().cache, instance().cache];
    await reader.readThroughMany(['a', 'b'], async (keys) => {
      await writer.writeInvalidate('a', async () => {});
      return new Map(keys.map((key) => [key, 'old']));
    });
    expect(await reader.readThroughMany(['a', 'b'], origin())).toEqual(['a', 'old']);
  });

  it('neither reads nor fills the cache inside the body of a write', async () => {
    const { cache } = given().instance();
    await cache.readThroughMany(['a', 'b'], origin());
    await cache.writeInvalidate('other', async () => {
      const load = origin(' new');
      expect(await cache.readThroughMany(['a', 'b'], load)).toEqual(['a new', 'b new']);
      expect(load).toHaveBeenCalledTimes(1);
    });
    expect(await cache.get('a')).toBe('a');
  });

  it('reads strongly inside a load', async () => {
    const { clock, instance, definition } = given();
    const [reader, writer] = [instance(), instance()];
    reader.runtime.coherence.onChannelLost();
    reader.runtime.coherence.onHeartbeat(clock.now());
    reader.store.dropMessages();
    await reader.cache.readThroughMany(['a'], origin(' old'));
    await writer.cache.writeInvalidate('a', async () => {});
    expect(await reader.cache.readThroughMany(['a'], origin())).toEqual(['a old']);
    const list = new Cache({ ...definition, name: 'list' }, reader.runtime);
    const joined = async () => (await reader.cache.readThroughMany(['a', 'b'], origin())).join();
    expect(await list.readThrough('all', joined)).toBe('a,b');
  });

  it('lets its loader read the same keys one by one, and stores the values of those loaders', async () => {
    const { instance } = givenFleet<{ key: string }>();
    const { cache } = instance();
    const inner = vi.fn(async (key: string) => ({ key }));
    const load = async (keys: string[]) => {
      const values = keys.map(async (key) => [key, await cache.readThrough(key, () => inner(key))] as const);
      return new Map(await Promise.all(values));
    };
    expect(await cache.readThroughMany(['a', 'b'], load)).toEqual([{ key: 'a' }, { key: 'b' }]);
    expect(await cache.get('b')).toEqual({ key: 'b' });
    expect(inner).toHaveBeenCalledTimes(2);
  });

  it('does not store a value derived from the values of the innermost loaders', async () => {
    const { instance } = givenFleet<{ key: string }>();
    const { cache } = instance();
    const load = async (keys: string[]) => {
      const values = keys.map(
        async (key) => [key, { ...(await cache.readThrough(key, async () => ({ key }))) }] as const,
      );
      return new Map(await Promise.all(values));
    };
    await cache.readThroughMany(['a', 'b'], load);
    expect([await cache.get('a'), await cache.get('b')]).toEqual([undefined, undefined]);
  });

  it('acts as the innermost loader of a key that is loaded around it', async () => {
    const { cache } = given().instance();
    const load = origin();
    const around = async () => (await cache.readThroughMany(['a', 'b'], load))[0] ?? '';
    expect(await cache.readThrough('a', around)).toBe('a');
    expect(load.mock.calls).toEqual([[['a', 'b']]]);
    expect([await cache.get('a'), await cache.get('b')]).toEqual(['a', 'b']);
  });

  it('refreshes stale entries in the background in one call (ZiggyCreatures/FusionCache#516)', async () => {
    const { clock, cache } = ((fleet) => ({ ...fleet, cache: fleet.instance().cache }))(
      given({ ttl: '10s', staleWhileRevalidate: '10s' }),
    );
    await cache.readThroughMany(['a', 'b'], origin());
    clock.advance(11_000);
    const load = origin(' new');
    expect(await cache.readThroughMany(['a', 'b'], load)).toEqual(['a', 'b']);
    await settled();
    expect(load.mock.calls).toEqual([[['a', 'b']]]);
    expect(await cache.readThroughMany(['a', 'b'], load)).toEqual(['a new', 'b new']);
  });

  it('serves stale-if-error values when the origin fails, and rejects with its error once a value is missing', async () => {
    const { clock, instance } = given({ ttl: '10s', staleIfError: '60s' });
    const { cache } = instance();
    await cache.readThroughMany(['a', 'b'], origin());
    clock.advance(25_000);
    const failure = new Error('origin');
    const failing = () => Promise.reject(failure);
    expect(await cache.readThroughMany(['a', 'b'], failing)).toEqual(['a', 'b']);
    await expect(cache.readThroughMany(['a', 'c'], failing)).rejects.toBe(failure);
    expect(await cache.readThroughMany(['c'], origin())).toEqual(['c']);
  });

  it('loads in one call and stores nothing while the store is unavailable', async () => {
    const { cache, store } = given().instance();
    store.disconnect();
    const load = origin();
    expect(await cache.readThroughMany(['a', 'b'], load)).toEqual(['a', 'b']);
    expect(load).toHaveBeenCalledTimes(1);
    expect(cache.counters()).toMatchObject({ bypass: 2, loads: 1 });
  });

  it('rejects an aborted caller while the load continues', async () => {
    const { cache } = given().instance();
    const leaving = new AbortController();
    const loaded = Promise.withResolvers<Map<string, string>>();
    const left = cache.readThroughMany(['a'], () => loaded.promise, { signal: leaving.signal });
    leaving.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    loaded.resolve(new Map([['a', 'late']]));
    await settled();
    expect(await cache.get('a')).toBe('late');
  });
});
