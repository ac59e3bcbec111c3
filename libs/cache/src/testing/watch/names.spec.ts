import { describe, expect, it } from 'vitest';
import { RedisKeys } from '../../core/store/redis-keys.js';
import { defineCache } from '../../core/policy/define-cache.js';
import { lineFor } from './names.js';

const keys = new RedisKeys('an:app');
const exports = { userTag: () => '', userById: defineCache('users.byId', { ttl: '1s' }) };
const record = (key: unknown, cache = 'users.byId') => keys.record(cache, key).key;

describe(lineFor, () => {
  it.each([
    ["it's", String.raw`await tx.invalidate(userById, 'it\'s');`],
    [7, 'await tx.invalidate(userById, 7);'],
    [{ b: [1, null], a: 'x' }, "await tx.invalidate(userById, { a: 'x', b: [1, null] });"],
    ['x'.repeat(300), 'await tx.clear(userById);'],
  ])('writes the key %j as code', (key, line) => {
    expect(lineFor(record(key), [keys.namespaceTag, keys.cacheTag('users.byId')], exports)).toBe(line);
  });

  it('names an unknown cache by its name', () => {
    expect(lineFor(record('7', 'other'), [], exports)).toBe("await tx.invalidate('other', '7');");
  });

  it('prefers a tag of the entry', () => {
    const line = lineFor(record('7'), [keys.namespaceTag, keys.tag('users'), keys.tag('users.7')], exports);
    expect(line).toBe("await tx.invalidateTags(['users']); // or 'users.7'");
  });
});
