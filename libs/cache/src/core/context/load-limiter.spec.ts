import { describe, expect, it, vi } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';
import { ManualClock } from '../../testing/manual-clock.js';
import { Deadlines } from '../concurrency/deadlines.js';
import { LoadLimiter } from './load-limiter.js';

function givenLimiter(limit: number) {
  const clock = new ManualClock();
  const limiter = new LoadLimiter(new Deadlines(clock), limit);
  /** Starts loads of a cache that run until they are ended. */
  const start = (cache: string, count: number) => {
    const slow = Promise.withResolvers<void>();
    const loads = Array.from({ length: count }, () => limiter.run(cache, () => slow.promise));
    return { end: () => (slow.resolve(), Promise.all(loads)) };
  };
  const running = (...caches: string[]) => caches.map((cache) => limiter.inProgress(cache).running);
  return { clock, limiter, start, running };
}

/** Creates a process whose loads of one cache have all the permits that they may take. */
async function givenFull() {
  const { cache } = givenFleet<number>().instance();
  const slow = Promise.withResolvers<number>();
  const reads = Array.from({ length: 50 }, (_, index) => cache.readThrough(`${index}`, () => slow.promise));
  await settled();
  return { cache, end: () => (slow.resolve(0), Promise.all(reads)) };
}

describe(LoadLimiter.name, () => {
  it('delays a load until another one ends', async () => {
    const { cache, end } = await givenFull();
    const load = vi.fn(async () => 1);
    const reading = cache.readThrough('k', load);
    await settled();
    expect(load).not.toHaveBeenCalled();
    expect(cache.counters().loading).toEqual({ running: 50, waiting: 1 });
    await end();
    expect(await reading).toBe(1);
    expect(cache.counters().loading).toEqual({ running: 0, waiting: 0 });
  });

  it('never delays a load inside the body of a write, because running loads may wait for that write', async () => {
    const { cache, end } = await givenFull();
    const copied = await cache.writeThrough('copy', () => cache.readThrough('k', async () => 1));
    expect(copied).toBe(1);
    await end();
  });

  it('leaves permits for other caches, however many loads of one cache hang', async () => {
    const { limiter, start, running } = givenLimiter(100);
    const loads = ['weather', 'maps', 'rates'].map((cache) => start(cache, 200));
    expect(running('weather', 'maps', 'rates')).toEqual([50, 25, 13]);
    expect(limiter.inProgress('weather')).toEqual({ running: 50, waiting: 150 });
    expect(await limiter.run('prices', async () => 1)).toBe(1);
    await Promise.all(loads.map(({ end }) => end()));
    expect(running('weather', 'maps', 'rates')).toEqual([0, 0, 0]);
  });

  it('gives freed permits to the waiting cache that runs the fewest loads', async () => {
    const { start, running } = givenLimiter(8);
    const [first, second] = [start('a', 4), start('b', 2)];
    const [more, others] = [start('a', 9), start('b', 9)];
    expect(running('a', 'b')).toEqual([4, 2]);
    await first.end();
    expect(running('a', 'b')).toEqual([3, 3]);
    await Promise.all([second, more, others].map(({ end }) => end()));
  });

  it('lets every load run in its turn, also with a single permit', async () => {
    const { limiter } = givenLimiter(1);
    const order: string[] = [];
    const load = (cache: string, name: string) => limiter.run(cache, async () => void order.push(name));
    await Promise.all([load('a', 'a1'), load('a', 'a2'), load('b', 'b1'), load('a', 'a3')]);
    expect(order.toSorted()).toEqual(['a1', 'a2', 'a3', 'b1']);
    expect(order.filter((name) => name.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
  });

  it('rejects a load with CACHE_OVERLOADED once the queue of its cache is full', async () => {
    const { limiter, start } = givenLimiter(1);
    const admitted = start('a', 11);
    await expect(limiter.run('a', async () => 3)).rejects.toMatchObject({ code: 'CACHE_OVERLOADED' });
    const other = limiter.run('b', async () => 4);
    await admitted.end();
    expect(await other).toBe(4);
  });

  it('rejects a load with CACHE_OVERLOADED that has waited for 5 s, and keeps its permit for others', async () => {
    const { clock, limiter, start, running } = givenLimiter(1);
    const hanging = start('a', 1);
    const load = vi.fn(async () => 1);
    const waiting = limiter.run('a', load);
    clock.advance(5_000);
    await expect(waiting).rejects.toMatchObject({ code: 'CACHE_OVERLOADED' });
    expect(limiter.inProgress('a')).toEqual({ running: 1, waiting: 0 });
    await hanging.end();
    expect([load.mock.calls.length, running('a')]).toEqual([0, [0]]);
    expect(await limiter.run('a', async () => 2)).toBe(2);
  });
});

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
};
