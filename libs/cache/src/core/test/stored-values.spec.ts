import { describe, expect, it, vi } from 'vitest';
import { messagePack } from '../../msgpack/message-pack.js';
import { givenFleet } from '../../testing/fleet.js';
import { forged, withPayload } from '../../testing/forged-record.js';
import type { Codec } from '../codec/codec.js';
import { defineCache } from '../policy/define-cache.js';
import type { StandardSchema } from '../policy/standard-schema.js';
import { weakEtag } from '../policy/etag.js';
import { encodeValue } from '../store/record-format.js';

const RECORD_KEY = 'n:c:test:sk';

interface Event {
  readonly at: Date;
  readonly seats: Map<string, bigint>;
}

const event = (): Event => ({ at: new Date(5), seats: new Map([['a1', 1n]]) });

describe.each<[string, Codec | undefined]>([
  ['JSON', undefined],
  ['MessagePack', messagePack],
])('values stored as %s', (_, codec) => {
  const policy = codec ? { codec } : {};

  it('keep their types in both tiers (Julien-R44/bentocache#42, jaredwray/cacheable#680, jaredwray/cacheable#895)', async () => {
    const { instance } = givenFleet<Event>(policy);
    const [a, b] = [instance().cache, instance().cache];
    const load = vi.fn(async () => event());
    const read = [await a.readThrough('k', load), await a.readThrough('k', load), await b.readThrough('k', load)];
    expect(read).toEqual([event(), event(), event()]);
    expect(load).toHaveBeenCalledOnce();
  });

  it('are shared if frozen, and decoded again for each reader if mutable (jaredwray/keyv#1162)', async () => {
    const { instance } = givenFleet<readonly object[]>(policy);
    const { cache } = instance();
    await cache.set('frozen', [{ a: 1 }]);
    await cache.set('open', [new Date(5)]);
    const read = (key: string) => cache.readThrough(key, async () => [{ loaded: 'again' }]);
    const [frozen, open] = [await read('frozen'), await read('open')];
    expect(await read('frozen')).toBe(frozen);
    expect(Object.isFrozen(frozen[0])).toBe(true);
    expect(await read('open')).not.toBe(open);
    for (const part of open) if (part instanceof Date) part.setTime(0);
    expect(await read('open')).toEqual([new Date(5)]);
  });

  it('are returned and not stored if they contain an instance of a class, with one warning (Julien-R44/bentocache#42)', async () => {
    class Point {
      constructor(readonly x: number) {}
    }
    const { instance, server, warn } = givenFleet<readonly Point[]>(policy);
    const { cache } = instance();
    for (const _read of ['first', 'second']) {
      expect(await cache.readThrough('k', async () => [new Point(1)])).toStrictEqual([new Point(1)]);
      expect(await cache.writeThrough('k', async () => [new Point(2)])).toStrictEqual([new Point(2)]);
    }
    expect(server.text(RECORD_KEY)).toBeUndefined();
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/cannot encode and decode is sent, not stored: TypeError: /)],
    ]);
  });

  it.each<[string, unknown]>([
    ['an ArrayBuffer', Uint8Array.of(1, 2, 3).buffer],
    ['a vector', Float32Array.of(1.5, Number.NaN)],
    ['64-bit numbers', BigInt64Array.of(1n, -2n)],
    ['bytes', Uint8Array.of(1, 2)],
    ['a view', { view: new DataView(new ArrayBuffer(2)) }],
    ['an expression', /a+b/gi],
    ['an error', new Error('boom')],
    ['an address', new URL('https://example.org/?a=1')],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 })],
    ['a function', { run: Math.max }],
  ])('are the same on a miss, a hit in memory and a hit in Redis: %s (jaredwray/keyv#2007)', async (_name, value) => {
    const { instance } = givenFleet<unknown>(policy);
    const [a, b] = [instance().cache, instance().cache];
    for (const cache of [a, a, b]) expect(await cache.readThrough('k', async () => value)).toStrictEqual(value);
  });

  it('are missed and replaced if truncated', async () => {
    expect(await readSpoilt(codec, (text) => text.slice(0, -1))).toMatchObject({ status: 'miss', stored: true });
  });
});

describe('a stored JSON text', () => {
  it.each([
    ['longer', (text: string) => `${text} `],
    ['changed without a change of length', (text: string) => `${text.slice(0, -4)}oops`],
    ['without a checksum, as earlier releases stored it', (text: string) => text.replace(/,[0-9a-f]+\|\[/, '|[')],
    [
      'of types that only another release restores',
      forged((value) => ({
        ...value,
        content: value.content && { ...value.content, types: evil(value.content.types) },
      })),
    ],
  ])('is missed and replaced if it is %s', async (_, spoil) => {
    expect(await readSpoilt(undefined, spoil)).toMatchObject({ status: 'miss', stored: true });
  });
});

describe('a value that cannot be decoded again', () => {
  const oneSided: Codec = {
    name: 'onesided',
    form: 'text',
    encode: (value) => ({ payload: JSON.stringify(value) }),
    decode: ({ payload }) => JSON.parse(payload.slice(1)),
  };

  const untyped: Codec = { ...oneSided, name: 'untyped', decode: ({ payload }) => JSON.parse(payload) };

  it.each([
    ['because it has a toJSON', {}, { at: { toJSON: () => new Date(5) } }],
    ['because its codec cannot decode its own output', { codec: oneSided }, { a: 1 }],
    ['because its codec decodes it to another value', { codec: untyped }, { at: new Date(5) }],
  ])('is returned and not stored, %s', async (_, policy, value) => {
    const { instance, server, warn } = givenFleet<unknown>(policy);
    const { cache } = instance();
    const load = vi.fn(async () => value);
    for (let reads = 0; reads < 2; reads += 1) expect(await cache.readThrough('k', load)).toBe(value);
    expect(load).toHaveBeenCalledTimes(2);
    expect(await cache.writeThrough('k', async () => value)).toBe(value);
    expect(server.text(RECORD_KEY)).toBeUndefined();
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('not stored'));
  });
});

describe('the size of a value', () => {
  const seats = (count: number) => new Map(Array.from({ length: count }, (_, seat) => [seat, 'x'.repeat(50)]));

  it('includes the type hints: a larger value is returned and not stored', async () => {
    const { instance, server } = givenFleet<Map<number, string>>();
    const { cache } = instance();
    expect((await cache.readThrough('k', async () => seats(1_000))).size).toBe(1_000);
    expect(server.text(RECORD_KEY)).toBeUndefined();
    expect(cache.counters().notStored['too-large']).toBe(1);
  });

  it('includes the type hints in memory too', async () => {
    const { cache } = givenFleet<Map<number, string>>().instance();
    await cache.readThrough('k', async () => seats(100));
    expect(cache.counters().tiers.l1.bytes).toBeGreaterThan(4 * 100 * 50);
  });
});

describe('metadata that cannot be stored with a value', () => {
  it('leaves neither an intent nor a lease if the type hints fail, and the value is returned', async () => {
    const odd: Codec = {
      name: 'odd',
      form: 'text',
      encode: (value) => ({ payload: JSON.stringify(value), types: 5n }),
      decode: ({ payload }) => JSON.parse(payload),
    };
    const { instance, server, warn } = givenFleet<number>({ codec: odd });
    const { cache } = instance();
    expect(await cache.writeThrough('k', async () => 1)).toBe(1);
    expect(server.text(RECORD_KEY)).toBeUndefined();
    expect(await cache.readThrough('k', async () => 2)).toBe(2);
    expect(server.text(RECORD_KEY)).toBeUndefined();
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('not stored'));
  });

  it.each(['"a\\"b"', '"a b"', '"a\\r\\nset-cookie: a=b"', '"€"', '5'])(
    'gives the value a weak entity tag instead of the invalid tag %s',
    async (json) => {
      const { instance, warn } = givenFleet<number>({ etag: () => JSON.parse(json) });
      const { cache, store } = instance();
      expect(await cache.writeThrough('k', async () => 1)).toBe(1);
      expect((await cache.read('k', async () => 2))?.answer).toMatchObject({ value: 1, etag: weakEtag('1') });
      store.disconnect();
      expect((await cache.read('other', async () => 2))?.answer.etag).toBe(weakEtag('2'));
      expect(warn).toHaveBeenCalledWith(expect.stringContaining('entity tag'));
    },
  );

  it('makes a value with a foreign entity tag a miss, and the value is replaced', async () => {
    const spoil = forged((value) => ({ ...value, etag: '\r\n' }));
    expect(await readSpoilt(undefined, spoil)).toMatchObject({ status: 'miss', stored: true });
  });
});

/** Replaces a type in type hints by one that does not exist. */
function evil(types: unknown): unknown {
  return JSON.parse(JSON.stringify(types).replace('"Date"', '"Evil"'));
}

/** Reads an entry whose text another program has changed, and reads it again after its replacement. */
async function readSpoilt(codec: Codec | undefined, spoil: (text: string) => string) {
  const { instance, server } = givenFleet<Event>(codec ? { codec } : {});
  const [writer, reader] = [instance().cache, instance().cache];
  await writer.set('k', event());
  const { text, ttlMs } = server.machine.read(RECORD_KEY);
  server.put(RECORD_KEY, spoil(text ?? ''), ttlMs);
  const result = await reader.read('k', async () => event());
  expect(reader.counters()).toMatchObject({ misses: 1, hits: 0, errors: 0 });
  expect(await instance().cache.read('k', async () => event())).toMatchObject({ status: 'hit', tier: 'l2' });
  return result;
}

describe('a value with a schema', () => {
  const name: StandardSchema<{ readonly name: string }> = {
    '~standard': {
      validate: (value) =>
        typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string'
          ? { value: { name: value.name } }
          : { issues: [{ message: 'write an object with a name' }] },
    },
  };
  const given = (schema: StandardSchema<{ readonly name: string }> = name) => {
    const fleet = givenFleet<{ readonly name: string }>({ value: schema, negativeTtl: '5s' });
    const load = vi.fn(async () => ({ name: 'Ada' }));
    return { ...fleet, load };
  };

  it('is a miss, counts as unreadable and is replaced if another program stored it with another shape', async () => {
    const { instance, server, load } = given();
    const [writer, reader] = [instance().cache, instance().cache];
    await writer.set('k', { name: 'Ada' });
    const { text, ttlMs } = server.machine.read(RECORD_KEY);
    server.put(RECORD_KEY, withPayload('{"nope":"Ada"}')(text ?? ''), ttlMs);
    expect((await reader.explain('k')).state).toBe('unreadable');
    expect(await reader.get('k')).toBeUndefined();
    expect(await reader.readThrough('k', load)).toEqual({ name: 'Ada' });
    expect(reader.counters()).toMatchObject({ unreadable: 2, hits: 0, misses: 2 });
    expect(await instance().cache.read('k', load)).toMatchObject({ status: 'hit', tier: 'l2' });
    expect(load).toHaveBeenCalledOnce();
  });

  it('is returned and not stored if the schema rejects what was loaded, with a warning', async () => {
    const none = async () => JSON.parse('{}');
    const { instance, server, warn } = given();
    const { cache } = instance();
    expect(await cache.readThrough('k', none)).toEqual({});
    expect(await cache.writeThrough('k', none)).toEqual({});
    expect(server.text(RECORD_KEY)).toBeUndefined();
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/the schema in the option "value" rejects/)]]);
  });

  it('is returned and not stored if the schema throws, or validates asynchronously', async () => {
    const throwing = () => {
      throw new Error('schema');
    };
    for (const validate of [throwing, async () => ({ value: { name: 'Ada' } })]) {
      const { instance, server, load } = given({ '~standard': { validate } });
      expect(await instance().cache.readThrough('k', load)).toEqual({ name: 'Ada' });
      expect(server.text(RECORD_KEY)).toBeUndefined();
    }
  });

  it('may be absent', async () => {
    const { instance } = given();
    const [a, b] = [instance().cache, instance().cache];
    await a.readThrough('k', async () => undefined);
    expect(await b.read('k', async () => undefined)).toMatchObject({ status: 'negative', tier: 'l2' });
  });
});

describe('a value that another release stored', () => {
  it('is left alone if its codec is unknown here', async () => {
    const { instance, server } = givenFleet<number>();
    const { cache } = instance();
    await cache.set('k', 1);
    const { ttlMs } = server.machine.read(RECORD_KEY);
    const text = encodeValue({
      fillId: '0'.repeat(16),
      schemaVersion: 1,
      fingerprint: undefined,
      freshUntilMs: 0,
      swrUntilMs: 0,
      expiryMs: ttlMs,
      etag: undefined,
      tags: [],
      content: { codec: 'protobuf', payload: 'x' },
    });
    const reader = instance().cache;
    server.put(RECORD_KEY, text, ttlMs);
    expect(await reader.readThrough('k', async () => 2)).toBe(2);
    expect(reader.counters()).toMatchObject({ gets: 1, hits: 0 });
  });
});

describe('a codec', () => {
  it.each(['json', 'none', 'JSON', '', 'a'.repeat(17), 'a b'])('must not have the name %j', (name) => {
    const { definition } = givenFleet();
    expect(() => defineCache('test', { ...definition, codec: { ...messagePack, name } })).toThrow(/codec/);
  });
});
