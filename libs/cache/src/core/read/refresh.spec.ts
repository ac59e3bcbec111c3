import { describe, expect, it, vi } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';
import { Refresh } from './refresh.js';

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};

const LOAD_MS = 500;
const policy = { ttl: '10s', staleWhileRevalidate: '10s' } as const;

/** Creates processes with the same entry in L1, loaded `ageMs` ago. */
async function givenHolders(count: number, ageMs: number) {
  const fleet = givenFleet<number>(policy);
  const holders = Array.from({ length: count }, () => fleet.instance());
  // The load took half a second, so the entry may be refreshed in about its last half second of freshness.
  const slow = async (): Promise<number> => {
    fleet.clock.advance(LOAD_MS);
    return 1;
  };
  // Each process has loaded once, and so has measured how long a load takes.
  for (const [index, { cache }] of holders.entries()) await cache.readThrough(`${index}`, slow);
  for (const { cache } of holders) await cache.readThrough('k', slow);
  fleet.clock.advance(ageMs - LOAD_MS);
  return { ...fleet, holders };
}

describe(Refresh, () => {
  it('runs one load for any number of readers of a stale entry (jaredwray/cacheable#619, jaredwray/cacheable PR #965)', async () => {
    const { holders } = await givenHolders(3, 11_000);
    const loaded = Promise.withResolvers<number>();
    const load = vi.fn(() => loaded.promise);
    const reads = holders.flatMap(({ cache }) => Array.from({ length: 50 }, () => cache.readThrough('k', load)));
    expect(await Promise.all(reads)).toEqual(Array.from({ length: 150 }, () => 1));
    await settled();
    loaded.resolve(2);
    await settled();
    expect(load).toHaveBeenCalledOnce();
  });

  it('takes the value that another process refreshed from the store, without a load', async () => {
    const { holders } = await givenHolders(3, 11_000);
    const load = vi.fn(async () => 2);
    for (const { cache } of holders) {
      expect(await cache.readThrough('k', load)).toBe(1);
      await settled();
      expect(await cache.read('k', load)).toMatchObject({ status: 'hit', tier: 'l1', answer: { value: 2 } });
    }
    expect(load).toHaveBeenCalledOnce();
  });

  it('reads the store first when it refreshes early, and calls the origin once across processes (ZiggyCreatures/FusionCache#651)', async () => {
    const { holders } = await givenHolders(3, 9_900);
    const load = vi.fn(async () => 2);
    for (const { cache } of holders) {
      expect(await cache.readThrough('k', load)).toBe(1);
      await settled();
      expect(await cache.readThrough('k', load)).toBe(2);
    }
    expect(load).toHaveBeenCalledOnce();
  });

  it('causes no read in processes without a reader, and neither does a write (ZiggyCreatures/FusionCache#442)', async () => {
    const { holders } = await givenHolders(3, 11_000);
    const [first, ...others] = holders;
    const reads = others.map(({ store }) => vi.spyOn(store, 'read'));
    await first?.cache.readThrough('k', async () => 2);
    await settled();
    await first?.cache.writeThrough('k', async () => 3);
    await settled();
    for (const read of reads) expect(read).not.toHaveBeenCalled();
    for (const { cache } of others) expect(await cache.readThrough('k', async () => 0)).toBe(3);
  });

  it('spreads the expiry of entries that were stored together (ZiggyCreatures/FusionCache#442)', async () => {
    const { clock, instance } = givenFleet<number>({ ttl: '10s' });
    const { cache } = instance();
    const ends: unknown[] = [];
    for (const drawn of [0, 0.25, 0.5, 0.75, 0.999]) {
      vi.spyOn(clock, 'random').mockReturnValue(drawn);
      ends.push((await cache.read(`${drawn}`, async () => 1))?.ttlMs);
    }
    expect(ends).toEqual([9_000, 9_500, 10_000, 10_500, 10_998]);
  });

  it('delays no reader, however slow the origin or the store is (Julien-R44/bentocache#103, Julien-R44/bentocache#104)', async () => {
    const { holders } = await givenHolders(2, 11_000);
    const never = vi.fn(() => new Promise<never>(() => {}));
    // The first process waits for the origin, the second one for the store.
    holders.slice(1).forEach(({ store }) => vi.spyOn(store, 'read').mockImplementation(never));
    for (const { cache } of [...holders, ...holders]) expect(await cache.readThrough('k', never)).toBe(1);
    await settled();
    expect(never).toHaveBeenCalledTimes(2);
  });

  it.each([
    ['once near the expiry', 59_000, 1],
    ['no random number far from the expiry', 40_000, 0],
  ])('draws %s of the entry', async (_, ageMs, draws) => {
    const { clock, instance } = givenFleet<number>({ ttl: '60s', staleWhileRevalidate: '60s' });
    const { cache } = instance();
    await cache.readThrough('k', async () => {
      clock.advance(LOAD_MS);
      return 1;
    });
    // The first hit in memory is sampled, and draws a number for the next sample.
    await cache.readThrough('k', async () => 2);
    clock.advance(ageMs);
    const random = vi.spyOn(clock, 'random').mockReturnValue(0.999);
    expect(await cache.readThrough('k', async () => 2)).toBe(1);
    expect(random).toHaveBeenCalledTimes(draws);
  });
});
