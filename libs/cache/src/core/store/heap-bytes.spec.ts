import { describe, expect, it } from 'vitest';
import { compact, frozenBytes, stringBytes } from './heap-bytes.js';

describe(stringBytes, () => {
  it('counts one byte per character, and two if one of them is beyond Latin-1', () => {
    expect([stringBytes('abcd'), stringBytes('é'.repeat(4)), stringBytes('abc€')]).toEqual([20, 20, 24]);
  });
});

class Instance {
  readonly field = 1;
}

describe(compact, () => {
  it.each(['', 'abc', 'Zoë', 'Łódź – 𝄞', 'half a pair: \ud834'])('compact returns an equal text: %j', (text) => {
    expect(compact(text)).toBe(text);
  });
});

describe(frozenBytes, () => {
  it('freezes every part, and counts objects, lists, texts and doubles', () => {
    const value = { small: 1, flag: true, double: 0.5, large: 2 ** 31, text: 'abcd', list: [1, null] };
    expect(frozenBytes(value)).toBe(24 + 6 * 8 + 16 + 16 + 20 + (48 + 2 * 8));
    expect([Object.isFrozen(value), Object.isFrozen(value.list)]).toEqual([true, true]);
  });

  it('counts the names of a dictionary, which no other object has', () => {
    const named = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`id-${index}`, 1]));
    const perName = (frozenBytes(named(90)) - frozenBytes(named(50))) / 40;
    expect([frozenBytes(named(32)), perName]).toEqual([24 + 32 * 8, 8 + 120 + 16 + 5]);
  });

  it('takes a ring and an object without a prototype', () => {
    const ring: unknown[] = [Object.create(null)];
    ring.push(ring);
    expect(frozenBytes(ring)).toBe(48 + 2 * 8 + 24);
  });

  it.each([
    ['a Date', new Date(0)],
    ['a Map', new Map()],
    ['a Set', new Set()],
    ['bytes', new Uint8Array(1)],
    ['a buffer', new ArrayBuffer(1)],
    ['an expression', /a/g],
    ['an error', new Error('e')],
    ['an instance of a class', new Instance()],
  ])('reports that %s cannot be frozen, at any depth', (_, value) => {
    const holder = { list: [value], other: {} };
    expect(frozenBytes(holder)).toBeNaN();
    expect([Object.isFrozen(holder.other), Object.isFrozen(value)]).toEqual([true, false]);
  });
});
