import { describe, expect, it, vi } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';
import { LoadAbandoned } from './load-abandoned.js';

describe(LoadAbandoned.name, () => {
  it('the reads that share an abandoned load share the next one, and the lease is given back', async () => {
    const { instance } = givenFleet<number>({ errorBackOff: '10s' });
    const { cache } = instance();
    const abandoned = Promise.withResolvers<number>();
    const first = cache.readThrough('k', () => abandoned.promise);
    const load = vi.fn(async () => 2);
    const joined = Array.from({ length: 5 }, () => cache.readThrough('k', load));
    abandoned.reject(new LoadAbandoned());
    await expect(first).rejects.toThrow(LoadAbandoned);
    expect(await Promise.all(joined)).toEqual([2, 2, 2, 2, 2]);
    expect(load).toHaveBeenCalledOnce();
    expect(cache.counters()).toMatchObject({ gets: 5, errors: 0 });
    expect((await cache.explain('k')).state).toBe('l1');
  });

  it('a strong read that shares an abandoned load loads on its own', async () => {
    const { cache, store } = givenFleet<number>().instance();
    store.disconnect();
    const gate = Promise.withResolvers<void>();
    const read = (load: () => Promise<number>) => cache.readThrough('k', load, { strong: true });
    const running = [read(async () => (await gate.promise, 1)), read(async () => (await gate.promise, 1))];
    const abandoned = read(async () => {
      throw new LoadAbandoned();
    });
    const sharing = read(async () => 4);
    gate.resolve();
    await Promise.all([...running, expect(abandoned).rejects.toThrow(LoadAbandoned), expect(sharing).resolves.toBe(4)]);
  });
});
