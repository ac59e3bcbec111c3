import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CacheError } from '../errors.js';
import { keyText, parseKey } from './key-schema.js';
import { RedisKeys } from '../store/redis-keys.js';

/** Every text of at most two characters that separate, quote, escape or mark, or that have no UTF-8. */
const symbols = ['', '/', ':', '|', '"', '\\', ' ', '\n', '\0', 's', 'j', 't', '1', '\ud800', '\udc00', '\ufffd'];
const awkward = [...new Set(symbols.flatMap((first) => symbols.map((second) => first + second)))];

describe(keyText.name, () => {
  it('returns the same text for any order of members', () => {
    expect(keyText({ a: 1, b: [true, null] })).toBe(keyText({ b: [true, null], a: 1 }));
  });

  it('omits an undefined member', () => {
    expect(keyText({ limit: 20, cursor: undefined })).toBe(keyText({ limit: 20 }));
  });

  const plain = fc.jsonValue({ maxDepth: 3 });

  it('returns different texts for different keys', () => {
    fc.assert(
      fc.property(plain, plain, (a, b) => {
        const equal = sortedJson(a) === sortedJson(b);
        expect(keyText(a) === keyText(b)).toBe(equal);
      }),
    );
  });

  it('distinguishes a string from the structure that it spells', () => {
    expect(keyText('{"o":[]}')).not.toBe(keyText({}));
    expect(keyText('1')).not.toBe(keyText(1));
  });

  it('distinguishes a key with an own `__proto__` member from an empty one', () => {
    expect(keyText(JSON.parse('{"__proto__":1}'))).not.toBe(keyText({}));
  });

  it('returns a text of bounded length', () => {
    const long = 'é'.repeat(10_000);
    expect(Buffer.byteLength(keyText(long))).toBeLessThanOrEqual(201);
    expect(keyText(long)).not.toBe(keyText(`${long}x`));
  });

  it('keeps a text of up to 200 bytes, and replaces a longer one by its digest', () => {
    expect(keyText('x'.repeat(199))).toBe(`s${'x'.repeat(199)}`);
    expect(keyText('x'.repeat(200))).toMatch(/^h[0-9a-f]{64}$/);
  });

  it('returns the text that earlier releases stored', () => {
    expect(keyText({ b: [true, null], a: 1 })).toBe('j{"o":[["a",1],["b",[true,null]]]}');
  });

  it('accepts an object without a prototype as a plain one', () => {
    expect(keyText(Object.assign(Object.create(null), { a: 1 }))).toBe(keyText({ a: 1 }));
  });

  it('accepts a key that is nested 100 levels below its root, and rejects a deeper one', () => {
    const nested = (levels: number): unknown => (levels === 0 ? [] : [nested(levels - 1)]);
    expect(() => keyText(nested(100))).not.toThrow();
    expect(() => keyText(nested(101))).toThrow(/deeper than 100 levels/);
  });

  it.each([
    ['a bigint', 1n],
    ['a Map', new Map()],
    ['an object without a class', Object.create(Object.create(null))],
  ])('names the part that has no canonical form: %s', (name, part) => {
    expect(() => keyText([part])).toThrow(`This key contains ${name}.`);
  });

  it('rejects an array with a hole and a circular key', () => {
    const ring: unknown[] = [];
    ring.push({ ring });
    for (const key of [Array.from({ length: 1 }), Array(1), ring, Object.create(Object.create(null))]) {
      expect(() => keyText(key)).toThrow(expect.objectContaining({ code: 'CACHE_KEY_INVALID' }));
    }
  });

  it.each([new Map([['a', 1]]), new Set([1]), new Date(0), Number.NaN, () => 1, 1n, Symbol('s'), undefined])(
    'rejects a value without a canonical form, also inside a key: %s (nestjs-redisx/nestjs-redisx CHANGELOG 1.8.1)',
    (key) => {
      expect(() => keyText({ key: [key] })).toThrow(CacheError);
    },
  );
});

describe(RedisKeys, () => {
  /** The bytes that Redis receives. */
  const sent = (name: string): string => Buffer.from(name).toString('hex');

  it('accepts keys of any characters, and gives no two of them one record (nestjs-redisx/nestjs-redisx CHANGELOG 1.9.2)', () => {
    const redisKeys = new RedisKeys('n');
    const texts = fc.sample(
      fc.uint16Array().map((units) => String.fromCharCode(...units)),
      1_000,
    );
    const keys = [1, null, ...awkward, ...texts, ...fc.sample(fc.jsonValue(), 1_000), ...awkward.map((text) => [text])];
    const different = [...new Map(keys.map((key) => [sortedJson(key), key])).values()];
    const recordKeys = ['a', 'b'].flatMap((cache) => different.map((key) => redisKeys.record(cache, key).key));
    const tags = [
      ...awkward.map((tag) => redisKeys.tag(tag)),
      redisKeys.cacheTag('a'),
      redisKeys.cacheTag('b'),
      redisKeys.namespaceTag,
    ];
    const all = [...recordKeys, ...tags].map(sent);
    expect(all.filter((name, index) => all.indexOf(name) !== index)).toEqual([]);
  });

  it.each([
    ['two lone surrogates', '\ud800', '\ud801'],
    ['a lone surrogate and its replacement character', '\ud800', '\ufffd'],
    ['long texts', `${'x'.repeat(300)}\ud800`, `${'x'.repeat(300)}\ud801`],
  ])('distinguishes texts that are equal in UTF-8: %s', (_, a, b) => {
    const redisKeys = new RedisKeys('n');
    expect(sent(redisKeys.record('a', a).key)).not.toBe(sent(redisKeys.record('a', b).key));
    expect(sent(redisKeys.tag(a))).not.toBe(sent(redisKeys.tag(b)));
  });
});

describe(parseKey.name, () => {
  it('rejects an asynchronous schema', () => {
    const slow = { '~standard': { validate: async (value: unknown) => ({ value }) } };
    expect(() => parseKey(slow, 'x')).toThrow(expect.objectContaining({ code: 'CACHE_KEY_INVALID' }));
  });
});

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? { members: Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)) }
      : member,
  );
}
