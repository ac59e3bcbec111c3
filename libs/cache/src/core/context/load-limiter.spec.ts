import { describe, expect, it, vi } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';
import { LoadLimiter } from './load-limiter.js';

/** Creates a process whose 100 permits are all taken. */
async function givenFull() {
  const { cache } = givenFleet<number>().instance();
  const slow = Promise.withResolvers<number>();
  const running = Array.from({ length: 100 }, (_, index) => cache.readThrough(`${index}`, () => slow.promise));
  await settled();
  return { cache, end: () => (slow.resolve(0), Promise.all(running)) };
}

describe(LoadLimiter.name, () => {
  it('delays a load until another one ends', async () => {
    const { cache, end } = await givenFull();
    const load = vi.fn(async () => 1);
    const reading = cache.readThrough('k', load);
    await settled();
    expect(load).not.toHaveBeenCalled();
    await end();
    expect(await reading).toBe(1);
  });

  it('never delays a load inside the body of a write, because running loads may wait for that write', async () => {
    const { cache, end } = await givenFull();
    const copied = await cache.writeThrough('copy', () => cache.readThrough('k', async () => 1));
    expect(copied).toBe(1);
    await end();
  });

  it('rejects a load with CACHE_OVERLOADED once its queue is full', async () => {
    const loadLimiter = new LoadLimiter(1, 1);
    const slow = Promise.withResolvers<number>();
    const admitted = [loadLimiter.run(() => slow.promise), loadLimiter.run(async () => 2)];
    await expect(loadLimiter.run(async () => 3)).rejects.toMatchObject({ code: 'CACHE_OVERLOADED' });
    slow.resolve(1);
    expect(await Promise.all(admitted)).toEqual([1, 2]);
  });
});

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
};
