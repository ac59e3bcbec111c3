import { describe, expect, it } from 'vitest';
import { cacheGroups } from './cache-groups.js';

describe(cacheGroups, () => {
  it('cacheGroups quotes tags, and returns undefined for none', () => {
    expect(cacheGroups(['users', 'a "b"'])).toBe(String.raw`"users", "a \"b\""`);
    expect(cacheGroups([])).toBeUndefined();
  });

  it.each(['ü', '商品', 'a\tb', '\u007f', 'a\r\nX-Evil: 1'])(
    'cacheGroups replaces %j, which is not printable ASCII, with its digest',
    (tag) => {
      expect(cacheGroups([tag])).toMatch(/^"[\w-]{22}"$/);
      expect(cacheGroups([tag])).not.toBe(cacheGroups([`${tag}a`]));
    },
  );

  it('cacheGroups replaces a tag of more than 32 characters with its digest', () => {
    const [most, more] = ['a'.repeat(32), 'a'.repeat(33)];
    expect(cacheGroups([most])).toBe(`"${most}"`);
    expect(cacheGroups([more])).toMatch(/^"[\w-]{22}"$/);
    expect(cacheGroups([more])).toBe(cacheGroups(new Set([more])));
    expect(cacheGroups([more])).not.toBe(cacheGroups([`${more}a`]));
  });
});
