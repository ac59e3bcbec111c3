import { isDeepStrictEqual } from 'node:util';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asJsonSays, jsonCodec } from './json-codec.js';

const key = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toJSON', 'length', '0'));
const binary = fc.oneof(
  fc.uint8ClampedArray(),
  fc.int8Array(),
  fc.uint16Array(),
  fc.int16Array(),
  fc.uint32Array(),
  fc.int32Array(),
  fc.float32Array(),
  fc.float64Array(),
  fc.bigUint64Array(),
  fc.bigInt64Array(),
  fc.uint8Array().map(({ buffer }) => buffer),
  fc.uint8Array({ minLength: 2 }).map(({ buffer }) => new DataView(buffer, 1)),
);
/** Every kind of value that decodes to an equal value. */
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.jsonValue(),
    fc.constantFrom(undefined, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0),
    fc.bigInt(),
    fc.date({ noInvalidDate: false }),
    fc.uint8Array(),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    binary,
    fc.constantFrom(/a+b/giu, Object.assign(/x/y, { lastIndex: 3 })),
    fc.webUrl({ withQueryParameters: true, withFragments: true }).map((url) => new URL(url)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: false }),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => new Set(items)),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 4 }).map((pairs) => new Map(pairs)),
  ),
}));

/** The form in a record, where the type hints are JSON. */
function stored(of: unknown): ReturnType<typeof jsonCodec.encode> {
  const { payload, types } = jsonCodec.encode(of);
  return { payload, types: types === undefined ? undefined : JSON.parse(JSON.stringify(types)) };
}

describe('jsonCodec', () => {
  it('decodes to the value that it encoded (jaredwray/cacheable#680, jaredwray/cacheable#52, jaredwray/cacheable#895)', () => {
    fc.assert(
      fc.property(value, (given) => {
        fc.pre(given !== undefined);
        // Vitest takes the key "constructor" for the type.
        expect(jsonCodec.decode(stored(given))).toSatisfy((read: unknown) => isDeepStrictEqual(read, given));
      }),
      { numRuns: 1_000 },
    );
  });

  it('encodes the payload exactly as JSON.stringify does', () => {
    fc.assert(
      fc.property(value, (given) => {
        fc.pre(given !== undefined && !hasBigint(given));
        expect(jsonCodec.encode(given).payload).toBe(JSON.stringify(given));
      }),
    );
  });

  it('encodes no type hints if JSON loses nothing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (given) => {
        const lossless: unknown = JSON.parse(JSON.stringify(given));
        expect(jsonCodec.encode(lossless)).toEqual({ payload: JSON.stringify(given) });
      }),
    );
  });

  it('decodes to a new value on each call', () => {
    const encoded = stored({ at: new Date(5), ids: new Set([new Date(6)]) });
    expect(jsonCodec.decode(encoded)).not.toBe(jsonCodec.decode(encoded));
    expect(jsonCodec.decode(encoded)).toEqual({ at: new Date(5), ids: new Set([new Date(6)]) });
  });

  it('decodes an invalid date to an invalid date', () => {
    expect(jsonCodec.decode(stored({ at: new Date(Number.NaN) }))).toEqual({ at: new Date(Number.NaN) });
  });

  it('decodes parts that their reader can replace and delete', () => {
    const read = jsonCodec.decode(stored({ at: new Date(1), seen: new Set([1]) }));
    expect(Object.getOwnPropertyDescriptors(read)).toMatchObject({
      at: { writable: true, enumerable: true, configurable: true },
      seen: { writable: true, enumerable: true, configurable: true },
    });
  });

  it('decodes a bigint that the application writes as a number, if the number is exact', () => {
    const types = [[['id'], 'bigint']];
    expect(jsonCodec.decode({ payload: '{"id":1}', types })).toEqual({ id: 1n });
    for (const id of ['9007199254740993', '1.5']) {
      expect(() => jsonCodec.decode({ payload: `{"id":${id}}`, types })).toThrow(/do not fit/);
    }
  });

  it('restores a view on a part of a buffer without the rest of the buffer', () => {
    const { buffer } = Uint8Array.of(9, 1, 2, 9);
    const read = jsonCodec.decode(stored(new DataView(buffer, 1, 2)));
    expect(read).toStrictEqual(new DataView(Uint8Array.of(1, 2).buffer));
  });

  it('restores an object of another realm as a plain object', () => {
    expect(jsonCodec.decode(stored(runInNewContext('({ list: [{ at: 1 }] })')))).toStrictEqual({ list: [{ at: 1 }] });
  });

  class Point {
    readonly x = 1;
  }
  class Points extends Array<Point> {}
  class Dates extends Date {}
  class Index extends Map<string, Point> {}

  it.each<[string, unknown, RegExp]>([
    ['a function', () => 1, /a function/],
    ['a symbol', Symbol('s'), /a symbol/],
    ['a member that is a function', { a: () => 1 }, /a function/],
    ['a member with toJSON', { price: { toJSON: () => 1 } }, /a function/],
    ['an instance of a class', [{ at: new Point() }], /an instance of Point\b/],
    ['an instance of a class in a Map', new Map([['a', new Point()]]), /an instance of Point\b/],
    ['an array of another class', new Points(), /an instance of Points\b/],
    ['a date of another class', new Dates(), /an instance of Dates\b/],
    ['a Map of another class', new Index(), /an instance of Index\b/],
    ['an error', new TypeError('secret'), /an instance of TypeError\b/],
    ['a boxed string', Object('a'), /an instance of String\b/],
    ['a shared buffer', new SharedArrayBuffer(1), /an instance of SharedArrayBuffer\b/],
    ['an array with a hole', Object.assign([1], { length: 2 }), /holes/],
    ['an array with a named member', 'abc'.match(/b/), /members that have names/],
    ['an object with a symbol as a key', { [Symbol('s')]: 1 }, /a symbol/],
  ])('throws for %s, and names no value', (_, given, message) => {
    expect(() => jsonCodec.encode(given)).toThrow(message);
    expect(() => jsonCodec.encode(given)).not.toThrow(/secret/);
  });

  it('throws for a circular value at its first repetition, and accepts an object in two places', () => {
    const ring: unknown[] = [];
    ring.push(ring);
    const map = new Map<string, unknown>();
    map.set('itself', [map]);
    const order: Record<string, unknown> = { at: new Date(0) };
    order['lines'] = [{ order }];
    for (const given of [ring, map, order])
      expect(() => jsonCodec.encode(given)).toThrow(/an object that contains itself/);
    const shared = { at: new Date(0) };
    expect(jsonCodec.decode(jsonCodec.encode([shared, new Set([shared]), shared]))).toEqual([
      shared,
      new Set([shared]),
      shared,
    ]);
  });

  it.each([
    ['no list', {}],
    ['no path', [[0, 'Date']]],
    ['an unknown type', [[['a'], 'Function']]],
    ['a type that only converts to a known one', [[['a'], ['Set'], []]]],
    ['a step that is neither a name nor an index', [[[['c']], 'undefined']]],
    ['a type from the prototype', [[['a'], 'toString']]],
    ['a path through the prototype', [[['__proto__', 'polluted'], 'undefined']]],
    ['a path to a missing parent', [[['b', 'c'], 'Date']]],
    ['a path far beyond a missing parent', [[['b', 'c', 'd'], 'Date']]],
    ['a missing part', [[['b'], 'Date']]],
    ['a missing part that the hint itself contains', [[['b'], 'Map', []]]],
    ['an index outside the list', [[['list', 7], 'undefined']]],
    ['a part of another type', [[['a'], 'Date']]],
    ['a number that is no text', [[['list', 0], 'bigint']]],
    ['a number that is no bytes', [[['a'], 'Uint8Array']]],
    ['a null that is no bytes', [[['none'], 'Uint8Array']]],
    ['a list that is no bytes', [[['list'], 'Uint8Array']]],
    ['a path through a number', [[['a', 'b'], 'undefined']]],
    ['a path through null', [[['none', 'b'], 'undefined']]],
    ['content without pairs', [[['a'], 'Map', [[1, 2, 3]]]]],
    ['content that is no list', [[['a'], 'Set', 'abc']]],
    ['bytes that are no text', [[['a'], 'ArrayBuffer', [1, 2]]]],
    ['an expression that is no list', [[['a'], 'RegExp', 'a']]],
    ['a prototype for a number', [[['a'], 'null']]],
  ])('rejects type hints with %s', (_, types) => {
    expect(() => jsonCodec.decode({ payload: '{"a":1,"none":null,"list":[true]}', types })).toThrow(
      /do not fit|BigInt/,
    );
    expect({}).not.toHaveProperty('polluted');
  });
});

function hasBigint(given: unknown): boolean {
  try {
    JSON.stringify(given);
    return false;
  } catch {
    return true;
  }
}

describe(asJsonSays, () => {
  it('keeps a value that JSON restores, and replaces an instance of a class with the object that the text describes', () => {
    const plain = { at: new Date(1) };
    expect(asJsonSays(plain)).toBe(plain);
    class Price {
      constructor(readonly cents: bigint) {}
    }
    expect(asJsonSays([new Price(5n)])).toStrictEqual([{ cents: '5' }]);
  });

  it('keeps a value without a JSON text', () => {
    const ring: unknown[] = [];
    ring.push(ring);
    for (const given of [undefined, ring, asJsonSays]) expect(asJsonSays(given)).toBe(given);
  });
});
