import { describe, expect, it, vi } from 'vitest';
import { KeyResolver } from './key-resolver.js';
import { RedisKeys } from './redis-keys.js';

function givenResolver(tags: readonly string[] = []) {
  const validate = vi.fn((value: unknown) => ({ value: String(value) }));
  const resolver = new KeyResolver<string>(
    { name: 'users', key: { '~standard': { validate } }, tags: () => tags },
    new RedisKeys('shop'),
  );
  return { validate, resolver };
}

describe(KeyResolver.name, () => {
  it('parses a key of up to 200 characters once, and a longer key each time', () => {
    const { validate, resolver } = givenResolver();
    for (const [length, times] of [
      [200, 1],
      [201, 2],
    ] as const) {
      validate.mockClear();
      const refs = [resolver.resolve('x'.repeat(length)), resolver.resolve('x'.repeat(length))];
      expect(refs[0]).toEqual(refs[1]);
      expect(validate).toHaveBeenCalledTimes(times);
    }
  });

  it('parses a key that is no text each time, because its members may have changed', () => {
    const { resolver } = givenResolver();
    const key = ['a'];
    expect(resolver.resolve(key)?.key).toBe('a');
    key[0] = 'b';
    expect(resolver.resolve(key)?.key).toBe('b');
  });

  it('forgets a key after 10,000 other keys', () => {
    const { validate, resolver } = givenResolver();
    resolver.resolve('first');
    for (let index = 0; index < 10_000; index += 1) resolver.resolve(`${index}`);
    validate.mockClear();
    resolver.resolve('9999');
    expect(validate).not.toHaveBeenCalled();
    resolver.resolve('first');
    expect(validate).toHaveBeenCalledOnce();
  });

  it('gives every entry the tags of the namespace and the cache, and no others without a policy for tags', () => {
    const { validate } = givenResolver();
    const resolver = new KeyResolver<string>(
      { name: 'users', key: { '~standard': { validate } } },
      new RedisKeys('shop'),
    );
    expect(resolver.resolve('1')).toMatchObject({ tags: ['shop:all', 'shop:all:users'], ownTags: [] });
    expect(givenResolver(['t']).resolver.resolve('1')).toMatchObject({
      tags: ['shop:all', 'shop:all:users', 'shop:t:st'],
      ownTags: ['t'],
    });
  });

  it('accepts 14 tags per entry and rejects the fifteenth', () => {
    const tags = Array.from({ length: 15 }, (_, index) => `t${index}`);
    expect(givenResolver(tags.slice(1)).resolver.resolve('1')?.ownTags).toHaveLength(14);
    expect(() => givenResolver(tags).resolver.resolve('1')).toThrow(
      expect.objectContaining({ code: 'CACHE_OPTIONS_INVALID' }),
    );
  });
});
