import { setTimeout as pause } from 'node:timers/promises';
import { Cacheable } from 'cacheable';
import { createCache } from 'cache-manager';
import fc from 'fast-check';
import { Keyv } from 'keyv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../../test/support/eventually.js';
import type { RedisServer } from '../../../../test/support/redis-server.js';
import { at, CleanUp, givenManager, givenRedis, storeOf } from './given-manager.js';

const PATIENT_MS = 5_000;

describe('two processes with a CACHE_MANAGER on one Redis', () => {
  const cleanUp = new CleanUp();
  let redis: RedisServer;
  let here: Awaited<ReturnType<typeof givenManager>>;
  let there: Awaited<ReturnType<typeof givenManager>>;
  beforeAll(async () => {
    redis = await givenRedis(cleanUp);
    here = await givenManager(cleanUp, at(redis, PATIENT_MS));
    there = await givenManager(cleanUp, at(redis, PATIENT_MS));
  });
  afterAll(() => cleanUp.run());

  /** Counts the records read from Redis during `work`: they are read with GETRANGE. */
  async function slotsRead(work: () => Promise<unknown>): Promise<number> {
    const count = async (): Promise<number> => {
      const stats = await here.connection?.run((client) => client.info('commandstats'));
      return Number(/cmdstat_getrange:calls=(\d+)/.exec(stats ?? '')?.[1] ?? 0);
    };
    const before = await count();
    await work();
    return (await count()) - before;
  }

  it('keep an entry in L1 that a get finds in Redis (jaredwray/cacheable#1044)', async () => {
    await here.manager.set('promoted', { a: 1 });
    expect(await there.manager.get('promoted')).toEqual({ a: 1 });
    // A message of the write that arrives after the read keeps the entry out of L1 once.
    await eventually(async () => expect(await slotsRead(() => there.manager.get('promoted'))).toBe(0));
  });

  it('keep entries in L1 that an mget finds in Redis (jaredwray/cacheable#1044)', async () => {
    await here.manager.mset([
      { key: 'm1', value: 1 },
      { key: 'm2', value: 2 },
    ]);
    expect(await there.manager.mget(['m1', 'none', 'm2'])).toEqual([1, undefined, 2]);
    await eventually(async () => expect(await slotsRead(() => there.manager.mget(['m1', 'm2']))).toBe(0));
  });

  it('keep an entry in L1 no longer than Redis does (jaredwray/cacheable#1044)', async () => {
    await here.manager.set('short', 1, 600);
    const endsAt = performance.now() + 600;
    while (performance.now() < endsAt) {
      await there.manager.get('short');
      await pause(20);
    }
    expect(await there.manager.get('short')).toBeUndefined();
  });

  it.each(['set', 'mset', 'del', 'mdel', 'clear'] as const)(
    'drop an entry from the other L1 after %s (jaredwray/cacheable#1169)',
    async (verb) => {
      for (let round = 0; round < 20; round += 1) {
        await here.manager.set('pods', round);
        await eventually(async () => expect(await there.manager.get('pods')).toBe(round), { within: 1_000 });
        const change = {
          set: () => here.manager.set('pods', 'new'),
          mset: () => here.manager.mset([{ key: 'pods', value: 'new' }]),
          del: () => here.manager.del('pods'),
          mdel: () => here.manager.mdel(['pods']),
          clear: () => here.manager.clear(),
        }[verb];
        await change();
        const expected = verb === 'set' || verb === 'mset' ? 'new' : undefined;
        expect(await here.manager.get('pods')).toBe(expected);
        await eventually(async () => expect(await there.manager.get('pods')).toBe(expected), { within: 1_000 });
      }
    },
  );

  describe.each([false, true])('with nonBlocking %s', (nonBlocking) => {
    const managerOf = (process: typeof here) => createCache({ nonBlocking, stores: [storeOf(process.manager)] });

    it('find an entry in Redis after a miss in L1 (jaredwray/cacheable#1127)', async () => {
      await here.manager.set('only in Redis', 1);
      expect(await managerOf(there).get('only in Redis')).toBe(1);
    });

    it('return the same from get, mget, ttl and wrap, and settle each write (jaredwray/cacheable#1579, #1686)', async () => {
      const cache = managerOf(here);
      await cache.set('key', 1, 60_000);
      await eventually(async () => expect(await cache.get('key')).toBe(1));
      expect(await cache.mget(['key', 'none'])).toEqual([1, undefined]);
      expect(await cache.ttl('key')).toBeGreaterThan(Date.now() + 30_000);
      expect(await cache.wrap('key', () => expect.fail('it is stored'))).toBe(1);
      expect(await cache.del('key')).toBe(true);
      await eventually(async () => expect(await managerOf(there).get('key')).toBeUndefined());
    });
  });

  it('need one store object for both tiers, and no other for nonBlocking (nestjs/cache-manager#934 (+PR #962))', async () => {
    const { manager } = await givenManager(cleanUp, at(redis, PATIENT_MS), { manager: { nonBlocking: true } });
    expect(manager.stores).toHaveLength(1);
    expect(storeOf(manager)).toBeInstanceOf(Keyv);
    await here.manager.set('one object', 1);
    expect(await manager.get('one object')).toBe(1);
  });

  it('accept a Cacheable over our Keyv unchanged (nestjs/cache-manager#934 (+PR #962))', async () => {
    const cacheable = new Cacheable({ secondary: here.keyvs.create({ namespace: 'cacheable' }), nonBlocking: true });
    // CacheModule accepts one, although its types do not allow it.
    const stores = (): Keyv[] => [cacheable as unknown as Keyv];
    const { manager } = await givenManager(cleanUp, at(redis, PATIENT_MS), { stores });
    expect(manager.stores[0]).toBe(cacheable);
    await cacheable.set('key', 1);
    await eventually(async () => expect(await here.keyvs.create({ namespace: 'cacheable' }).get('key')).toBe(1));
  });

  it('keep every entry in Redis with a TTL, no longer than its own (jaredwray/cacheable PR #1083)', async () => {
    const recordKey = 'shop:c:cache-manager:sttl';
    const ttls = fc.oneof(
      fc.integer({ min: 2_000, max: 10_000_000 }),
      fc.double({ min: 2_000, max: 9e15, noNaN: true }),
    );
    const property = fc.asyncProperty(fc.option(ttls, { nil: undefined }), async (ttl) => {
      await here.manager.set('ttl', 1, ttl);
      const leftMs = await here.connection?.run((client) => client.pTTL(recordKey));
      const endsAt = await there.manager.ttl('ttl');
      expect(leftMs).toBeGreaterThan(0);
      expect(leftMs).toBeLessThanOrEqual(Math.min(ttl ?? Infinity, 402 * 86_400_000) + 1);
      expect(endsAt === undefined).toBe(ttl === undefined);
      expect((endsAt ?? 0) - Date.now()).toBeLessThanOrEqual((ttl ?? 0) + 1);
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it('load once for all concurrent wraps in a process (jaredwray/cacheable#888, #977, #125, #88)', async () => {
    let loads = 0;
    const load = async (): Promise<number> => {
      await pause(20);
      return (loads += 1);
    };
    const asked = Array.from({ length: 50 }, () => here.manager.wrap('stampede', load, 60_000));
    expect(new Set(await Promise.all(asked))).toEqual(new Set([1]));
    expect(await there.manager.wrap('stampede', load, 60_000)).toBe(1);
    expect(loads).toBe(1);
  });

  it('store the last value of many concurrent sets', async () => {
    const values = Array.from({ length: 100 }, (_, value) => value);
    await Promise.all(values.map((value) => here.manager.set('burst', value)));
    expect(await here.manager.get('burst')).toBe(99);
    expect(await there.manager.get('burst')).toBe(99);
  });
});
