import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it, vi } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';
import type { Cache } from '../cache.js';

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};

const TTL_MS = 10_000;
const policy = {
  ttl: '10s',
  staleWhileRevalidate: '10s',
  staleIfError: '60s',
  tags: (): string[] => ['tag'],
} as const;

type Invalidate = (cache: Cache<string, number>) => Promise<unknown>;

const ways: [string, Invalidate][] = [
  ['invalidate', (cache) => cache.invalidate('k')],
  ['delete', (cache) => cache.delete('k')],
  ['invalidateTags', (cache) => cache.invalidateTags(['tag'])],
  ['clear', (cache) => cache.clear()],
];

/** Creates two processes. The origin is called only by the loaders of a test. */
function given() {
  const fleet = givenFleet<number>(policy);
  const [here, there] = [fleet.instance(), fleet.instance()];
  return { ...fleet, here: here.cache, there: there.cache };
}

/** Creates a load that returns the old value of the origin once `end` is called. */
function heldLoad() {
  const { promise, resolve } = Promise.withResolvers<number>();
  return { load: vi.fn(() => promise), end: () => resolve(1) };
}

const fresh = async (): Promise<number> => 2;

/** Runs work outside the context of the write. */
const elsewhere = AsyncLocalStorage.snapshot();

describe.each(ways)('the entry that %s invalidates', (_, invalidate) => {
  it('is not stored by reads before the commit, if invalidated inside the body of a write', async () => {
    const { here, there } = given();
    let origin = 1;
    await here.writeInvalidate('other', async () => {
      expect(await invalidate(here)).toBe('applied');
      expect(await elsewhere(() => there.read('k', async () => origin))).toMatchObject({ stored: false });
      origin = 2;
    });
    expect(await there.readThrough('k', async () => origin, { strong: true })).toBe(2);
    expect(await there.read('k', async () => 3)).toMatchObject({ status: 'hit' });
  });

  it('has the unknown outcome of the write, if invalidated inside the body of a failing write', async () => {
    const { here, there } = given();
    await there.readThrough('k', async () => 1);
    const writing = here.writeInvalidate('other', async () => {
      await invalidate(here);
      throw new Error('connection lost');
    });
    await expect(writing).rejects.toThrow('lost');
    expect(await there.read('k', fresh)).toMatchObject({ answer: { value: 2 }, stored: false });
  });

  it('is invalidated at once by a call that outlives its write', async () => {
    const { here, there } = given();
    const ended = Promise.withResolvers<void>();
    let outliving: Promise<unknown> | undefined;
    await here.writeInvalidate('other', async () => {
      outliving = ended.promise.then(() => invalidate(here));
    });
    await there.readThrough('k', async () => 1);
    ended.resolve();
    expect(await outliving).toBe('applied');
    expect(await there.readThrough('k', fresh)).toBe(2);
  });

  it.each(['here', 'there'] as const)(
    'is not stored by the load in flight: %s (ZiggyCreatures/FusionCache#535, logto-io/logto PR #9428)',
    async (where) => {
      const { here, there, ...caches } = given();
      const { load, end } = heldLoad();
      const reading = here.read('k', load);
      await settled();
      expect(load).toHaveBeenCalledOnce();
      await invalidate({ here, there }[where]);
      end();
      expect(await reading).toMatchObject({ answer: { value: 1 } });
      for (const cache of [here, there, caches.instance().cache]) expect(await cache.readThrough('k', fresh)).toBe(2);
    },
  );

  it('is loaded again for readers after the invalidation, while a load is in flight (ZiggyCreatures/FusionCache#625)', async () => {
    const { here, clock } = given();
    const { load, end } = heldLoad();
    const before = here.readThrough('k', load);
    await settled();
    await invalidate(here);
    const after = here.readThrough('k', fresh);
    await settled();
    end();
    for (let ms = 0; ms < 100; ms += 10) {
      await settled();
      clock.advance(10);
    }
    expect([await before, await after]).toEqual([1, 2]);
    expect(await here.readThrough('k', load)).toBe(2);
  });

  it('is not stored by reads before the origin has changed (ZiggyCreatures/FusionCache#613)', async () => {
    const { here, there } = given();
    await there.readThrough('k', async () => 1);
    await here.writeInvalidate('k', async () => {
      await invalidate(there);
      // The origin still has the old value, so a read that begins now returns it.
      expect(await there.readThrough('k', async () => 1)).toBe(1);
    });
    expect(await there.readThrough('k', fresh)).toBe(2);
  });

  it.each([
    ['early', TTL_MS - 1],
    ['behind a stale response', TTL_MS + 1],
  ])('stays invalid while it is refreshed %s (ZiggyCreatures/FusionCache#628)', async (_when, ageMs) => {
    const { here, there, clock } = given();
    await here.readThrough('k', async () => {
      clock.advance(100);
      return 1;
    });
    clock.advance(ageMs - 100);
    const { load, end } = heldLoad();
    expect(await here.readThrough('k', load)).toBe(1);
    await settled();
    expect(load).toHaveBeenCalledOnce();
    await invalidate(there);
    end();
    await settled();
    for (const cache of [here, there]) expect(await cache.readThrough('k', fresh)).toBe(2);
  });

  it.each([
    ['fresh', TTL_MS / 2],
    ['kept for staleWhileRevalidate', 1.5 * TTL_MS],
    ['kept for staleIfError', 5 * TTL_MS],
  ])(
    'is never served again when the origin fails, if it was %s (ZiggyCreatures/FusionCache#648, Julien-R44/bentocache#71)',
    async (_age, ageMs) => {
      const { here, there, clock } = given();
      for (const cache of [here, there]) await cache.readThrough('k', async () => 1);
      clock.advance(ageMs);
      const failing = () => Promise.reject(new Error('origin'));
      expect(await there.readThrough('k', failing)).toBe(1);
      await settled();
      await invalidate(here);
      for (const cache of [here, there]) await expect(cache.readThrough('k', failing)).rejects.toThrow('origin');
    },
  );
});
