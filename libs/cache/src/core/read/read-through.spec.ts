import { BadRequestException, ForbiddenException, HttpException, NotFoundException } from '@nestjs/common';
import { describe, expect, it, vi } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';
import { ReadThrough } from './read-through.js';

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};

describe(ReadThrough.name, () => {
  it('reads that joined a refused load share one load of their own, which is stored', async () => {
    const { cache } = givenFleet<number>().instance();
    const gate = Promise.withResolvers<void>();
    const refused = cache.readThrough('k', async () => {
      await gate.promise;
      throw new ForbiddenException();
    });
    const load = vi.fn(async () => 1);
    const others = Array.from({ length: 49 }, () => cache.readThrough('k', load));
    await settled();
    gate.resolve();
    await expect(refused).rejects.toThrow(ForbiddenException);
    expect(new Set(await Promise.all(others))).toEqual(new Set([1]));
    expect(load).toHaveBeenCalledOnce();
    expect((await cache.explain('k')).state).toBe('l1');
  });

  it.each([404, 409, 429])(
    'reads that joined a load receive its %i, which concerns every requester',
    async (status) => {
      const { cache } = givenFleet<number>().instance();
      const gate = Promise.withResolvers<void>();
      const load = vi.fn(async (): Promise<number> => {
        await gate.promise;
        throw new HttpException('no', status);
      });
      const reads = Array.from({ length: 50 }, () => cache.readThrough('k', load));
      await settled();
      gate.resolve();
      const results = await Promise.allSettled(reads);
      expect(results.every((result) => result.status === 'rejected')).toBe(true);
      expect(load).toHaveBeenCalledOnce();
    },
  );

  it('a batch that joined a refused load calls the origin once', async () => {
    const { cache, store } = givenFleet<number>().instance();
    const [gate, hold] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const refused = cache.readThrough('a', async () => {
      await gate.promise;
      throw new BadRequestException();
    });
    await settled();
    const read = store.read.bind(store);
    vi.spyOn(store, 'read').mockImplementation(async (...args) => {
      await hold.promise;
      return read(...args);
    });
    const load = vi.fn(async (keys: string[]) => new Map(keys.map((key) => [key, 1])));
    const many = cache.readThroughMany(['a', 'b', 'c'], load);
    await settled();
    gate.resolve();
    await expect(refused).rejects.toThrow(BadRequestException);
    await settled();
    hold.resolve();
    expect(await many).toEqual([1, 1, 1]);
    expect(load).toHaveBeenCalledOnce();
  });

  it('a slow load that finds no value extends the lease of the next load', async () => {
    const { clock, instance } = givenFleet<number>({ negativeTtl: '10s' });
    const { cache, store } = instance();
    const read = vi.spyOn(store, 'read');
    const handle = async (key: string): Promise<number> => {
      const value = await cache.readThrough(key, async () => (clock.advance(3_000), undefined));
      if (value === undefined) throw new NotFoundException();
      return value;
    };
    for (const key of ['a', 'b'])
      await expect(cache.readThrough(key, () => handle(key))).rejects.toThrow(NotFoundException);
    expect(read.mock.calls.map(([, , options]) => options?.lease?.leaseMs)).toEqual([1_000, 5_000]);
  });
});
