import { afterEach, describe, expect, it, vi } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';
import { withPayload } from '../../testing/forged-record.js';
import { jsonCodec } from '../codec/json-codec.js';
import type { CachePolicy } from '../policy/define-cache.js';

const RECORD_KEY = 'n:c:test:sk';

describe('a value found in Redis', () => {
  afterEach(() => vi.restoreAllMocks());

  async function givenStored(policy: Partial<CachePolicy<string, object>>, value: object) {
    const { instance } = givenFleet<object>(policy);
    await instance().cache.set('k', value);
    return { cache: instance().cache, decode: vi.spyOn(jsonCodec, 'decode') };
  }

  it('is decoded when its value is read for the first time', async () => {
    const { cache, decode } = await givenStored({}, { a: 1 });
    const load = async () => ({});
    await cache.at('k', { textOnly: true })?.read(load);
    cache.at('k', { textOnly: true })?.getFromMemory();
    expect(decode).not.toHaveBeenCalled();
    for (let reads = 0; reads < 2; reads += 1) expect(await cache.readThrough('k', load)).toEqual({ a: 1 });
    expect(decode).toHaveBeenCalledOnce();
  });

  it('is counted in memory when it is decoded', async () => {
    const { cache } = await givenStored({}, { a: [1.5, 2.5] });
    expect((await cache.at('k', { textOnly: true })?.read(async () => ({})))?.answer.json).toBe('{"a":[1.5,2.5]}');
    const { bytes } = cache.counters().tiers.l1;
    await cache.readThrough('k', async () => ({}));
    // An object with one property, an array with two, and two doubles.
    expect(cache.counters().tiers.l1.bytes - bytes).toBe(24 + 8 + 48 + 2 * 8 + 2 * 16);
  });

  it.each<[string, Partial<CachePolicy<string, object>>, object]>([
    [
      'its cache has a schema',
      { value: { '~standard': { validate: (value) => ({ value: Object(value) }) } } },
      { a: 1 },
    ],
    ['it has types that JSON loses', {}, { at: new Date(5) }],
  ])('is decoded at once if %s', async (_, policy, value) => {
    const { cache, decode } = await givenStored(policy, value);
    await cache.at('k', { textOnly: true })?.read(async () => ({}));
    expect(decode).toHaveBeenCalledOnce();
  });
});

describe('a JSON text that another program stored with its checksum', () => {
  const loaded = { loaded: true };
  const load = async () => loaded;

  async function givenForged() {
    const { instance, server } = givenFleet<object>();
    await instance().cache.set('k', { a: 1 });
    const { text, ttlMs } = server.machine.read(RECORD_KEY);
    server.put(RECORD_KEY, withPayload('{"a":')(text ?? ''), ttlMs);
    return { cache: instance().cache };
  }

  it('is a miss for a read of its value, which loads, and counts as unreadable', async () => {
    const { cache } = await givenForged();
    expect(await cache.get('k')).toBeUndefined();
    expect(await cache.readThroughMany(['k'], async () => new Map([['k', loaded]]))).toEqual([loaded]);
    expect(await cache.readThrough('k', load, { strong: true })).toEqual(loaded);
    expect(await cache.read('k', load)).toMatchObject({ status: 'miss', stored: false });
    expect(cache.counters()).toMatchObject({ unreadable: 4, hits: 0, misses: 4 });
  });

  it('is sent to a reader of its text, and a later read of its value in memory loads', async () => {
    const { cache } = await givenForged();
    expect(await cache.at('k', { textOnly: true })?.read(load)).toMatchObject({
      status: 'hit',
      answer: { json: '{"a":' },
    });
    expect(cache.at('k', { textOnly: true })?.getFromMemory()).toMatchObject({ answer: { json: '{"a":' } });
    expect(cache.at('k')?.getFromMemory()).toBeUndefined();
    expect(await cache.readThrough('k', load)).toEqual(loaded);
    expect(await cache.readThroughMany(['k'], async () => new Map([['k', loaded]]))).toEqual([loaded]);
    expect(await cache.get('k')).toBeUndefined();
  });

  it('starts no more loads for reads of its value that arrive together than any miss does', async () => {
    const { cache } = await givenForged();
    const counted = vi.fn(() => new Promise<object>((resolve) => setImmediate(resolve, loaded)));
    await Promise.all(Array.from({ length: 9 }, () => cache.readThrough('k', counted)));
    // Two at once, and one for the readers that wait for them.
    expect(counted).toHaveBeenCalledTimes(3);
  });

  it('is reported as unreadable', async () => {
    const { cache } = await givenForged();
    expect(await cache.explain('k')).toMatchObject({ state: 'unreadable', invalidatedBy: [] });
  });
});
