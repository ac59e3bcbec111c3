import { describe, expect, it } from 'vitest';
import { cacheGroups } from './cache-groups.js';

describe(cacheGroups, () => {
  it('cacheGroups quotes tags, omits those that are not ASCII, and returns undefined for none', () => {
    expect(cacheGroups(['users', 'a "b"'])).toBe(String.raw`"users", "a \"b\""`);
    expect(cacheGroups(['ü'])).toBeUndefined();
    expect(cacheGroups([])).toBeUndefined();
  });

  it('cacheGroups replaces a tag of more than 32 characters with its digest', () => {
    const [most, more] = ['a'.repeat(32), 'a'.repeat(33)];
    expect(cacheGroups([most])).toBe(`"${most}"`);
    expect(cacheGroups([more])).toMatch(/^"[\w-]{22}"$/);
    expect(cacheGroups([more])).toBe(cacheGroups(new Set([more])));
    expect(cacheGroups([more])).not.toBe(cacheGroups([`${more}a`]));
  });
});
