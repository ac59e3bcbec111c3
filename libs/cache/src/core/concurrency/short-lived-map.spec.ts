import { describe, expect, it } from 'vitest';
import { ShortLivedMap } from './short-lived-map.js';

describe(ShortLivedMap.name, () => {
  it('keeps the entries that are not deleted, however many were', () => {
    const map = new ShortLivedMap<number, string>();
    for (let key = 0; key < 10_000; key += 1) {
      map.set(key, `value ${key}`);
      if (key % 100 !== 0) map.delete(key);
    }
    expect(map.size).toBe(100);
    expect(map.entries().map(([key]) => key)).toEqual(Array.from({ length: 100 }, (_, index) => 100 * index));
    expect([map.get(9_900), map.get(9_901)]).toEqual(['value 9900', undefined]);
  });
});
