import { describe, expect, it } from 'vitest';
import { cacheGroups } from './cache-groups.js';

describe(cacheGroups, () => {
  it('tells the tags as strings, and nothing where there are none that a string can hold', () => {
    expect(cacheGroups(['users', 'a "b"'])).toBe(String.raw`"users", "a \"b\""`);
    expect(cacheGroups(['ü'])).toBeUndefined();
    expect(cacheGroups([])).toBeUndefined();
  });

  it('tells what is longer than every cache has to read by a digest, always the same', () => {
    const [most, more] = ['a'.repeat(32), 'a'.repeat(33)];
    expect(cacheGroups([most])).toBe(`"${most}"`);
    expect(cacheGroups([more])).toMatch(/^"[\w-]{22}"$/);
    expect(cacheGroups([more])).toBe(cacheGroups(new Set([more])));
    expect(cacheGroups([more])).not.toBe(cacheGroups([`${more}a`]));
  });
});
