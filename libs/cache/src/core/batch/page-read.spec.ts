import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';
import { PageRead } from './page-read.js';

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};
const recordKey = (key: string): string => `n:c:test:s${key}`;

/** Creates an instance, and an origin that answers when the test says so. */
function given(policy: Parameters<typeof givenFleet<string>>[0] = {}) {
  const fleet = givenFleet<string>(policy);
  const here = fleet.instance();
  const answer = Promise.withResolvers<void>();
  const load = vi.fn(async (keys: string[]) => {
    await answer.promise;
    return new Map(keys.map((key) => [key, key]));
  });
  const records = (keys: readonly string[]) => keys.map((key) => fleet.server.text(recordKey(key)));
  return { ...fleet, ...here, answer, load, records };
}

describe(PageRead.name, () => {
  it('leases its absent entries at once, and stores what one load returned', async () => {
    const { cache, store, answer, load, records } = given();
    const read = vi.spyOn(store, 'read');
    const reading = cache.readThroughMany(['a', 'b'], load);
    await settled();
    expect(records(['a', 'b'])).toEqual([expect.stringMatching(/^L\|/), expect.stringMatching(/^L\|/)]);
    answer.resolve();
    expect(await reading).toEqual(['a', 'b']);
    expect(records(['a', 'b'])).toEqual([expect.stringMatching(/^V\|/), expect.stringMatching(/^V\|/)]);
    expect(read).toHaveBeenCalledOnce();
    expect(cache.counters()).toMatchObject({ gets: 2, misses: 2, loads: 1, tiers: { l2: { hits: 0, misses: 2 } } });
  });

  it('gives its leases back after a load that failed, with the back-off of the policy, and fails who joined', async () => {
    const { cache, answer, load, records } = given({ errorBackOff: '1s' });
    const reading = cache.readThroughMany(['a', 'b'], load);
    await settled();
    const joining = cache.readThrough('a', async () => 'not called');
    answer.reject(new Error('origin'));
    await expect(reading).rejects.toThrow('origin');
    await expect(joining).rejects.toThrow('origin');
    await settled();
    expect(records(['a', 'b'])).toEqual(['E|origin|', 'E|origin|']);
    expect(cache.counters()).toMatchObject({ gets: 3, errors: 3 });
  });

  it('leaves no rejection unhandled if its load fails while another page waits for the same entries', async () => {
    const { cache, store, answer, load } = given();
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    onTestFinished(() => void process.off('unhandledRejection', unhandled));
    const slow = Promise.withResolvers<void>();
    const lookup = store.read.bind(store);
    const first = cache.readThroughMany(['a', 'b'], load);
    await settled();
    vi.spyOn(store, 'read').mockImplementationOnce((...names) => slow.promise.then(() => lookup(...names)));
    // Its own entries are still looked up when the load that it waits for fails.
    const reading = [first, cache.readThroughMany(['b', 'c', 'd'], load)];
    answer.reject(new Error('origin'));
    await settled();
    slow.resolve();
    for (const page of reading) await expect(page).rejects.toThrow('origin');
    await new Promise(setImmediate);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it('stores nothing while a tag is being written, and returns its leases', async () => {
    const { cache, store, runtime, answer, load, records } = given({ tags: () => ['list'] });
    await store.intent(runtime.keys.tag('list'), '00000000000000aa', 10_000);
    answer.resolve();
    expect(await cache.readThroughMany(['a', 'b'], load)).toEqual(['a', 'b']);
    await settled();
    expect(load.mock.calls).toEqual([[['a', 'b']]]);
    expect(records(['a', 'b'])).toEqual([undefined, undefined]);
  });

  it('keeps no value that was invalidated during its load, and keeps the others', async () => {
    const { cache, answer, load, records, instance } = given();
    const reading = cache.readThroughMany(['a', 'b'], load);
    await settled();
    await instance().cache.invalidate('a');
    answer.resolve();
    expect(await reading).toEqual(['a', 'b']);
    expect(records(['a', 'b'])).toEqual([undefined, expect.stringMatching(/^V\|/)]);
    expect(await cache.readThrough('a', async () => 'new')).toBe('new');
    expect(await cache.readThrough('b', async () => 'not called')).toBe('b');
  });

  it('reads its entries one by one, from what it found, if one is neither fresh nor absent', async () => {
    const { cache, store, server, answer, load, instance } = given();
    await instance().cache.set('fresh', 'stored');
    server.put(recordKey('written'), 'W|10000:00000000000000aa', 10_000);
    const read = vi.spyOn(store, 'read');
    answer.resolve();
    expect(await cache.readThroughMany(['fresh', 'written', 'absent'], load)).toEqual(['stored', 'written', 'absent']);
    expect(load.mock.calls).toEqual([[['written', 'absent']]]);
    expect(read).toHaveBeenCalledOnce();
    expect(cache.counters()).toMatchObject({ gets: 3, hits: 1, bypass: 1, misses: 1 });
  });

  it('looks an entry up again if it was invalidated during the lookup', async () => {
    const { cache, store, server, answer, load, instance } = given();
    await instance().cache.set('fresh', 'old');
    server.put(recordKey('written'), 'W|10000:00000000000000aa', 10_000);
    const lookup = store.read.bind(store);
    const read = vi.spyOn(store, 'read').mockImplementationOnce(async (...names) => {
      const found = await lookup(...names);
      await instance().cache.invalidate('absent');
      return found;
    });
    answer.resolve();
    expect(await cache.readThroughMany(['fresh', 'written', 'absent'], load)).toEqual(['old', 'written', 'absent']);
    expect(read.mock.calls.map(([names]) => names)).toEqual([
      ['fresh', 'written', 'absent'].map(recordKey),
      [recordKey('absent')],
    ]);
  });

  it('serves nothing from another server that comes during its lookup, before all entries are invalidated there', async () => {
    const { cache, runtime, store, server, answer, load } = given();
    await cache.readThroughMany(['a', 'b'], async (keys) => new Map(keys.map((key) => [key, `old ${key}`])));
    server.save();
    await cache.clear();
    const { read } = store;
    vi.spyOn(store, 'read').mockImplementationOnce((...what) => {
      server.restart();
      runtime.coherence.onChannelLost();
      runtime.pending.add({ recordKeys: [], tags: [runtime.keys.namespaceTag] });
      return read.apply(store, what);
    });
    answer.resolve();
    expect(await cache.readThroughMany(['a', 'b'], load)).toEqual(['a', 'b']);
  });
});
