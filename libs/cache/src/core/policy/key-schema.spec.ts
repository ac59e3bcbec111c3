import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CacheError } from '../errors.js';
import { keyText, parseKey } from './key-schema.js';
import { RedisKeys } from '../store/redis-keys.js';

/** Every text of up to two of what separates, quotes, escapes or marks, or cannot be written at all. */
const symbols = ['', '/', ':', '|', '"', '\\', ' ', '\n', '\0', 's', 'j', 't', '1', '\ud800', '\udc00', '\ufffd'];
const awkward = [...new Set(symbols.flatMap((first) => symbols.map((second) => first + second)))];

describe(keyText.name, () => {
  it('is the same whatever the order of members', () => {
    expect(keyText({ a: 1, b: [true, null] })).toBe(keyText({ b: [true, null], a: 1 }));
  });

  it('leaves out what is undefined, as an absent member', () => {
    expect(keyText({ limit: 20, cursor: undefined })).toBe(keyText({ limit: 20 }));
  });

  const plain = fc.jsonValue({ maxDepth: 3 });

  it('differs for different keys', () => {
    fc.assert(
      fc.property(plain, plain, (a, b) => {
        const equal = sortedJson(a) === sortedJson(b);
        expect(keyText(a) === keyText(b)).toBe(equal);
      }),
    );
  });

  it('tells a text from the structure it spells', () => {
    expect(keyText('{"o":[]}')).not.toBe(keyText({}));
    expect(keyText('1')).not.toBe(keyText(1));
  });

  it('keeps what an object would hide', () => {
    expect(keyText(JSON.parse('{"__proto__":1}'))).not.toBe(keyText({}));
  });

  it('is bounded, whatever the key', () => {
    const long = 'é'.repeat(10_000);
    expect(Buffer.byteLength(keyText(long))).toBeLessThanOrEqual(201);
    expect(keyText(long)).not.toBe(keyText(`${long}x`));
  });

  it('refuses a list with a hole, which is no null, and what has no end', () => {
    const ring: unknown[] = [];
    ring.push({ ring });
    for (const key of [Array.from({ length: 1 }), Array(1), ring, Object.create(Object.create(null))]) {
      expect(() => keyText(key)).toThrow(expect.objectContaining({ code: 'CACHE_KEY_INVALID' }));
    }
  });

  it.each([new Map([['a', 1]]), new Set([1]), new Date(0), Number.NaN, () => 1, 1n, Symbol('s'), undefined])(
    'nestjs-redisx/nestjs-redisx CHANGELOG 1.8.1 · refuses what has no canonical form, within a key too: %s',
    (key) => {
      expect(() => keyText({ key: [key] })).toThrow(CacheError);
    },
  );
});

describe(RedisKeys, () => {
  /** The bytes that Redis is sent. */
  const sent = (name: string): string => Buffer.from(name).toString('hex');

  it('nestjs-redisx/nestjs-redisx CHANGELOG 1.9.2 · takes keys of any characters, and gives no two of them one slot', () => {
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
    ['two halves', '\ud800', '\ud801'],
    ['a half and what stands for it', '\ud800', '\ufffd'],
    ['long ones', `${'x'.repeat(300)}\ud800`, `${'x'.repeat(300)}\ud801`],
  ])('tells texts apart that UTF-8 cannot: %s', (_, a, b) => {
    const redisKeys = new RedisKeys('n');
    expect(sent(redisKeys.record('a', a).key)).not.toBe(sent(redisKeys.record('a', b).key));
    expect(sent(redisKeys.tag(a))).not.toBe(sent(redisKeys.tag(b)));
  });
});

describe(parseKey.name, () => {
  it('refuses a schema that answers later', () => {
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
