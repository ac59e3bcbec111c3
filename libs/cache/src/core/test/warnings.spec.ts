import { describe, expect, it, vi } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';
import { givenRuntime } from '../../testing/given-runtime.js';
import { Cache } from '../cache.js';
import { LoadContext } from '../context/load-context.js';
import { defineCache } from '../policy/define-cache.js';
import type { KeySchema } from '../policy/key-schema.js';

const unwritable = async (): Promise<unknown> => Symbol('none');

const onlyDigits: KeySchema<string> = {
  '~standard': {
    validate: (value) =>
      typeof value === 'string' && /^\d+$/.test(value) ? { value } : { issues: [{ message: 'write digits' }] },
  },
};

function given() {
  const { warn, instance } = givenFleet<unknown>();
  const refuse = (reason: string) => async (): Promise<unknown> => {
    LoadContext.current?.markUncacheable(reason);
    return 1;
  };
  return { warn, refuse, cache: instance().cache };
}

describe('a warning of a cache', () => {
  it('is logged once per kind, so that the first hides no other', async () => {
    const { warn, refuse, cache } = given();
    for (const key of ['a', 'b']) {
      await cache.readThrough(key, unwritable);
      await cache.readThrough(key, refuse('the response sets a cookie'));
      await cache.readThrough(key, refuse('the handler answered with the status 404'));
    }
    expect(warn.mock.calls.map(([message]) => message)).toEqual([
      expect.stringMatching(/^Cache "test": a value that json cannot encode and decode/),
      'Cache "test": the response sets a cookie: it is sent, not stored',
      'Cache "test": the handler answered with the status 404: it is sent, not stored',
    ]);
  });

  it('is logged once, whatever the verb and the value', async () => {
    const { warn, cache } = given();
    await cache.readThrough('k', unwritable);
    await cache.writeThrough('k', async () => () => 'another error');
    expect(warn).toHaveBeenCalledOnce();
  });

  it('names the option of a value that is too large', async () => {
    const { warn, cache } = given();
    await cache.readThrough('k', async () => 'x'.repeat(10_000));
    expect(warn.mock.calls).toEqual([
      [
        'Cache "test": a value larger than 10000 bytes is returned, not stored: store a part of it, or raise the option ' +
          '"maxPayloadBytes" of CacheModule',
      ],
    ]);
  });

  it('is logged for a key that is not a string, unless the policy has a key schema', async () => {
    const warn = vi.fn<(message: string) => void>();
    const { runtime } = givenRuntime({ warn });
    const id: unknown = JSON.parse('7');
    const names = new Cache(defineCache<string>('names', { ttl: '1s' }), runtime);
    const withSchema = new Cache(defineCache<string>('ages', { ttl: '1s', key: onlyDigits }), runtime);
    await Reflect.apply(names.readThrough, names, [id, async () => 'Ada']);
    await withSchema.readThrough('seven', async () => 'Ada');
    expect(warn.mock.calls).toEqual([
      ['Cache "names": a key that is not a string is not cached: set the option "key" of the policy, or pass a string'],
    ]);
    await expect(Reflect.apply(names.get, names, [id])).rejects.toThrow(
      'The cache "names" has string keys, and this key is not a string. Set the option "key" of its policy for other keys.',
    );
    await expect(withSchema.get('seven')).rejects.toThrow('The key schema of the cache "ages" rejects this key.');
  });

  it('is logged at most ten times if each one is different', async () => {
    const { warn, refuse, cache } = given();
    for (let index = 0; index < 50; index += 1)
      await cache.readThrough('k', refuse(`the handler set the header x-${index}`));
    expect(warn).toHaveBeenCalledTimes(10);
  });
});
