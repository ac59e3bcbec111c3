import { describe, expect, it } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';
import { LoadContext } from '../context/load-context.js';

const unwritable = async (): Promise<unknown> => Symbol('none');

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

  it('is logged at most ten times if each one is different', async () => {
    const { warn, refuse, cache } = given();
    for (let index = 0; index < 50; index += 1)
      await cache.readThrough('k', refuse(`the handler set the header x-${index}`));
    expect(warn).toHaveBeenCalledTimes(10);
  });
});
