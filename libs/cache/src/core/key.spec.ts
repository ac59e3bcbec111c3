import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CacheError } from './cache-error.js';
import { keyText, parseKey } from './key.js';

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

  it.each([new Map([['a', 1]]), new Set([1]), new Date(0), Number.NaN, () => 1, 1n, Symbol('s'), undefined])(
    'refuses %s, which has no canonical form',
    (key) => {
      expect(() => keyText({ key: [key] })).toThrow(CacheError);
    },
  );
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
