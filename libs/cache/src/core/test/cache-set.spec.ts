import { describe, expect, it, vi } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';

describe('Cache.set', () => {
  it.each([0.5, 1_500.5])('stores a value for a ttlMs of %d', async (ttlMs) => {
    const { clock, instance } = givenFleet<number>();
    const [here, there] = [instance().cache, instance().cache];
    expect(await here.set('k', 1, { ttlMs })).toBe('applied');
    for (const cache of [here, there]) expect(await cache.get('k')).toBe(1);
    clock.advance(Math.ceil(ttlMs));
    for (const cache of [here, there]) expect(await cache.get('k')).toBeUndefined();
  });

  it.each([0, -5, Number.NEGATIVE_INFINITY])('removes the entry for a ttlMs of %d', async (ttlMs) => {
    const { instance, server } = givenFleet<number>({ staleIfError: '60s' });
    const { cache } = instance();
    await cache.set('k', 1);
    expect(await cache.set('k', 2, { ttlMs })).toBe('applied');
    expect(server.text('n:c:test:sk')).toBeUndefined();
  });

  it('rejects a ttlMs that is not a number, and keeps the entry', async () => {
    const { cache } = givenFleet<number>().instance();
    await cache.set('k', 1);
    await expect(cache.set('k', 2, { ttlMs: Number.NaN })).rejects.toMatchObject({ code: 'CACHE_OPTIONS_INVALID' });
    expect(await cache.get('k')).toBe(1);
  });
});

describe('Cache.writeThrough', () => {
  it('stores no value, and reads no tag, if the write itself invalidates a tag of the entry', async () => {
    const { instance, server } = givenFleet<number>({ tags: () => ['t'] });
    const { cache, store } = instance();
    const read = vi.spyOn(store, 'read');
    expect(await cache.writeThrough('k', async () => 1, { tags: ['t'] })).toBe(1);
    expect(server.text('n:c:test:sk')).toBeUndefined();
    expect(read).not.toHaveBeenCalled();
  });
});
