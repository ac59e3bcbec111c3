import { describe, expect, it, vi } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';
import { Cache } from '../cache.js';
import { LoadContext } from './load-context.js';

/** Creates a process, and an origin with one number. */
function given() {
  const { clock, instance, definition } = givenFleet<number>({ tags: () => ['t'] });
  const origin = { value: 1 };
  const load = vi.fn(async () => origin.value);
  const { cache, runtime, store } = instance();
  return { clock, instance, definition, cache, runtime, store, origin, load };
}

describe(LoadContext.name, () => {
  it('runs the loader of a key that is loaded around it once', async () => {
    const { cache, load } = given();
    await cache.read('k', async () => [await cache.readThrough('k', load), await cache.readThrough('k', load)][0]);
    expect(load).toHaveBeenCalledOnce();
  });

  it('lets a load read its own write', async () => {
    const { cache, origin, load } = given();
    const read = await cache.read('k', async () => {
      expect(await cache.readThrough('k', load)).toBe(1);
      await cache.writeInvalidate('k', async () => {
        origin.value = 2;
      });
      return cache.readThrough('k', load);
    });
    expect(read?.answer.value).toBe(2);
  });

  const otherChanges: [string, (cache: Cache<string, number>, write: () => Promise<number>) => Promise<unknown>][] = [
    ['writes the entry', (cache, write) => cache.writeThrough('k', write)],
    ['invalidates its tag', async (cache, write) => (await write(), cache.invalidateTags(['t']))],
  ];
  it.each(otherChanges)('lets a load read the new value after another caller %s', async (_, change) => {
    const { cache, origin, load } = given();
    const [read, changed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const reading = cache.read('k', async () => {
      await cache.readThrough('k', load);
      read.resolve();
      await changed.promise;
      return cache.readThrough('k', load);
    });
    await read.promise;
    await change(cache, async () => (origin.value = 2));
    changed.resolve();
    expect((await reading)?.answer.value).toBe(2);
  });

  it('calls the origin again for a strong read, and once its result is older than maxStaleness', async () => {
    const { clock, cache, load } = given();
    await cache.read('k', async () => {
      await cache.readThrough('k', load);
      await cache.readThrough('k', load, { strong: true });
      expect(load).toHaveBeenCalledTimes(2);
      clock.advance(1_000);
      return cache.readThrough('k', load);
    });
    expect(load).toHaveBeenCalledTimes(3);
  });

  it.each([false, true])('ends with its load, also for reads that outlive the load, strong: %s', async (strong) => {
    const { cache, store, origin, load } = given();
    const ended = Promise.withResolvers<void>();
    const later: Promise<number>[] = [];
    await cache.read('k', async () => {
      const value = await cache.readThrough('k', load);
      later.push(ended.promise.then(() => cache.readThrough('k', load, { strong })));
      return value;
    });
    await cache.writeThrough('k', async () => (origin.value = 2));
    await cache.readThrough('k', load);
    const read = vi.spyOn(store, 'read');
    ended.resolve();
    expect(await later[0]).toBe(2);
    expect(read).toHaveBeenCalledTimes(strong ? 1 : 0);
  });

  it('ends with the body of its write, also for writes that outlive the body', async () => {
    const { cache } = given();
    const ended = Promise.withResolvers<void>();
    const later: Promise<number>[] = [];
    await cache.writeInvalidate('k', async () => {
      later.push(ended.promise.then(() => cache.writeThrough('other', async () => 1)));
    });
    ended.resolve();
    expect(await later[0]).toBe(1);
  });

  it('takes a load permit for a read that outlives its load', async () => {
    const { cache, load } = given();
    const [ended, slow] = [Promise.withResolvers<void>(), Promise.withResolvers<number>()];
    const later: Promise<number>[] = [];
    await cache.read('k', async () => {
      later.push(ended.promise.then(() => cache.readThrough('later', load)));
      return 1;
    });
    const others = Array.from({ length: 100 }, (_, index) => cache.readThrough(`${index}`, () => slow.promise));
    await settled();
    ended.resolve();
    await settled();
    expect(load).not.toHaveBeenCalled();
    slow.resolve(0);
    await Promise.all([...others, ...later]);
    expect(load).toHaveBeenCalledOnce();
  });

  it('reads strongly inside the load of another cache', async () => {
    const { cache, definition, runtime, store, load } = given();
    await cache.readThrough('k', load);
    const list = new Cache({ ...definition, name: 'list' }, runtime);
    await list.readThrough('warm', async () => 0);
    const read = vi.spyOn(store, 'read');
    await list.readThrough('all', () => cache.readThrough('k', load));
    expect(read.mock.calls.map(([recordKeys]) => recordKeys)).toEqual([['n:c:list:sall'], ['n:c:test:sk']]);
  });
});

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
};
