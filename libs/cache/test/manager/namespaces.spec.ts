import { CACHE_MANAGER, type Cache as CacheManager, CacheModule as NestCacheModule } from '@nestjs/cache-manager';
import { Injectable, Inject, Module } from '@nestjs/common';
import { KeyvFactory } from '@nuthatch/cache/manager';
import { Keyv } from 'keyv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RedisServer } from '../../../../test/support/redis-server.js';
import { at, CleanUp, entriesOf, givenManager, givenRedis, sure } from './given-manager.js';

/** These tests do not measure time, and a busy machine is slow. */
const PATIENT_MS = 5_000;

describe('the entries of one application in Redis', () => {
  const cleanUp = new CleanUp();
  let redis: RedisServer;
  let given: Awaited<ReturnType<typeof givenManager>>;
  beforeAll(async () => {
    redis = await givenRedis(cleanUp);
    given = await givenManager(cleanUp, at(redis, PATIENT_MS));
  });
  afterAll(() => cleanUp.run());

  const run = async <T>(command: (client: NonNullable<typeof given.connection>['client']) => Promise<T>): Promise<T> =>
    sure(given.connection).run(command);
  const records = async (): Promise<string[]> => (await run((client) => client.keys('*:c:*'))).toSorted();

  it('the Redis key of an entry contains its namespace once, and has its TTL (jaredwray/keyv#1159, #1288, #1274)', async () => {
    const { manager, keyvs } = given;
    await manager.set('greeting', { hello: ['world'] }, 60_000);
    await keyvs.create({ namespace: 'keyv' }).set('greeting', 1);
    await new Keyv(keyvs.store()).set('by default', 1);
    await new Keyv({ store: keyvs.store(), namespace: 'carts' }).set('7', 1, 5_000);
    await keyvs.create({ namespace: 'käse/*' }).set('7', 1);
    expect(await records()).toEqual([
      expect.stringMatching(/^shop:c:cache-manager-[0-9a-f]{32}:s7$/),
      'shop:c:cache-manager.carts:s7',
      'shop:c:cache-manager.keyv:sby default',
      'shop:c:cache-manager.keyv:sgreeting',
      'shop:c:cache-manager:sgreeting',
    ]);
    const ttls = ['cache-manager:sgreeting', 'cache-manager.carts:s7', 'cache-manager.keyv:sgreeting'];
    const [minute, seconds, longest] = await Promise.all(
      ttls.map((recordKey) => run((client) => client.pTTL(`shop:c:${recordKey}`))),
    );
    expect(minute).toBeGreaterThan(55_000);
    expect(minute).toBeLessThanOrEqual(60_000);
    expect(seconds).toBeLessThanOrEqual(5_000);
    expect(longest).toBeGreaterThan(300 * 86_400_000);
  });

  it('clear removes the entries of its namespace only (jaredwray/cacheable#642, #766)', async () => {
    const { manager, keyvs } = given;
    const carts = keyvs.create({ namespace: 'carts' });
    const oldCarts = keyvs.create({ namespace: 'carts.old' });
    await run((client) => client.set('foreign', 'kept'));
    await run((client) => client.set('cache-manager:sgreeting', 'kept'));
    for (const store of [carts, oldCarts]) await store.set('key', 1);
    await manager.set('key', 1);
    await carts.clear();
    expect([await carts.get('key'), await oldCarts.get('key'), await manager.get('key')]).toEqual([undefined, 1, 1]);
    await manager.clear();
    expect([await oldCarts.get('key'), await manager.get('key')]).toEqual([1, undefined]);
    expect(await run((client) => client.mGet(['foreign', 'cache-manager:sgreeting']))).toEqual(['kept', 'kept']);
  });

  it('clear sends neither FLUSHDB nor SCAN to the server', async () => {
    const { keyvs } = given;
    await run((client) => client.configResetStat());
    const store = new Keyv(keyvs.store());
    await store.set('key', 1);
    await store.clear();
    const stats = await run((client) => client.info('commandstats'));
    expect(stats).not.toMatch(/cmdstat_(flushdb|flushall|keys|scan|unlink)/);
  });

  it('two Keyvs on one store keep their entries apart (jaredwray/keyv#1142)', async () => {
    const store = given.keyvs.store();
    const one = new Keyv({ store, namespace: 'one' });
    const two = new Keyv({ store, namespace: 'two' });
    await one.set('key', 1);
    await two.set('key', 2);
    expect([await one.get('key'), await two.get('key')]).toEqual([1, 2]);
    expect([await one.getMany(['key']), await two.hasMany(['key'])]).toEqual([[1], [true]]);
    expect(await entriesOf(two)).toEqual(new Map([['key', 2]]));
    expect(await one.delete('key')).toBe(true);
    expect([await one.get('key'), await two.get('key')]).toEqual([undefined, 2]);
    // Keyv does not pass the namespace to clear, so at least the caller's entries must be gone.
    await one.set('key', 1);
    await one.clear();
    expect(await one.get('key')).toBeUndefined();
  });

  it('30 Keyvs on one store cause no warning (jaredwray/keyv#925)', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error): void => void warnings.push(warning);
    process.on('warning', note);
    const store = given.keyvs.store();
    for (let count = 0; count < 30; count += 1) new Keyv({ store, namespace: `n${count}` }).on('error', () => {});
    await new Promise(setImmediate);
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });

  it('two Keyvs with a store each clear and list only their own entries (jaredwray/keyv#1142)', async () => {
    const { keyvs } = given;
    const one = new Keyv({ store: keyvs.store(), namespace: 'three' });
    const two = new Keyv({ store: keyvs.store(), namespace: 'four' });
    await one.set('key', 1);
    await two.set('key', 2);
    await one.clear();
    expect([await entriesOf(one), await entriesOf(two)]).toEqual([new Map(), new Map([['key', 2]])]);
  });

  it('a Keyv whose namespace changes reads and clears the entries of its current namespace', async () => {
    const keyv = given.keyvs.create({ namespace: 'first' });
    await keyv.set('key', 1);
    keyv.namespace = 'second';
    expect(await keyv.get('key')).toBeUndefined();
    await keyv.set('key', 2);
    await keyv.clear();
    expect(await keyv.get('key')).toBeUndefined();
    keyv.namespace = 'first';
    expect(await keyv.get('key')).toBe(1);
  });

  it('Keyvs of one namespace share their entries', async () => {
    const { keyvs } = given;
    await keyvs.create({ namespace: 'shared' }).set('key', 1);
    expect(await keyvs.create({ namespace: 'shared' }).get('key')).toBe(1);
    expect(await new Keyv({ store: keyvs.store(), namespace: 'shared' }).get('key')).toBe(1);
  });

  it('two CACHE_MANAGERs in one application do not collide (nestjs/nest#11262, #13058, nestjs/cache-manager#203, #944)', async () => {
    @Injectable()
    class Carts {
      constructor(@Inject(CACHE_MANAGER) readonly cache: CacheManager) {}
    }
    @Injectable()
    class Prices {
      constructor(@Inject(CACHE_MANAGER) readonly cache: CacheManager) {}
    }
    const cacheOf = (namespace: string, ttl: number) =>
      NestCacheModule.registerAsync({
        inject: [KeyvFactory],
        useFactory: (keyvs: KeyvFactory) => ({ ttl, stores: [keyvs.create({ namespace })] }),
      });
    @Module({ imports: [cacheOf('m.carts', 60_000)], providers: [Carts] })
    class CartsModule {}
    @Module({ imports: [cacheOf('m.prices', 0)], providers: [Prices] })
    class PricesModule {}
    const imports = [{ module: CartsModule }, { module: PricesModule }];
    const { testing } = await givenManager(cleanUp, at(redis, PATIENT_MS), { imports });
    const [carts, prices] = [testing.get(Carts).cache, testing.get(Prices).cache];
    await carts.set('7', 'a cart');
    await prices.set('7', 'a price');
    expect([await carts.get('7'), await prices.get('7')]).toEqual(['a cart', 'a price']);
    expect([await carts.ttl('7'), await prices.ttl('7')]).toEqual([expect.any(Number), undefined]);
    await carts.clear();
    expect([await carts.get('7'), await prices.get('7')]).toEqual([undefined, 'a price']);
  });

  describe('lists', () => {
    it('the iterator lists only live entries, in bounded steps (jaredwray/cacheable#1257)', async () => {
      const keyv = given.keyvs.create({ namespace: 'listed' });
      await run((client) => client.configResetStat());
      const many = Array.from({ length: 1_000 }, (_, index) => ({ key: `${index}`, value: index }));
      await keyv.setMany(many);
      await keyv.deleteMany(['0', '1']);
      const name = (key: string): string => `shop:c:cache-manager.listed:s${key}`;
      await run((client) => client.set(name('lease'), 'L|0000000000000001|', { PX: 60_000 }));
      await run((client) => client.set(name('written'), 'W|60000:0000000000000001', { PX: 60_000 }));
      await run((client) => client.set(name('failed'), 'E|origin|', { PX: 60_000 }));
      await run((client) => client.set(name('foreign'), '{"value":1}', { PX: 60_000 }));
      expect(await entriesOf(keyv)).toEqual(new Map(many.slice(2).map(({ key, value }) => [key, value])));
      const stats = await run((client) => client.info('commandstats'));
      expect(stats).not.toMatch(/cmdstat_keys/);
      expect(Number(/cmdstat_scan:calls=(\d+)/.exec(stats)?.[1])).toBeGreaterThanOrEqual(4);
    });

    it('no list of names grows in Redis (jaredwray/keyv#455)', async () => {
      // Not FLUSHDB: the next heartbeat would notice the loss, and invalidate the entries of a later test.
      for (const record of await records()) await run((client) => client.del(record));
      const keyv = given.keyvs.create({ namespace: 'unlisted' });
      await keyv.setMany(Array.from({ length: 200 }, (_, index) => ({ key: `${index}`, value: index, ttl: 40 })));
      await keyv.set('last', 1);
      await expect.poll(() => records()).toEqual(['shop:c:cache-manager.unlisted:slast']);
      // The other keys are the heartbeats of the processes, the server and two tags: short texts.
      const keys = await run((client) => client.keys('*'));
      const kinds = await run((client) => Promise.all(keys.map((key) => client.type(key))));
      const lengths = await run((client) => Promise.all(keys.map((key) => client.strLen(key))));
      expect(new Set(kinds)).toEqual(new Set(['string']));
      expect(Math.max(...lengths)).toBeLessThan(200);
    });
  });

  describe('foreign records', () => {
    const recordKey = 'shop:c:cache-manager:skey';

    it('a record of another form or version is no entry (nestjs/docs PR #3189)', async () => {
      const { manager } = given;
      await manager.set('key', 1);
      const text = sure(await run((client) => client.get(recordKey)));
      const versioned = (version: number): string => text.replace(/^(V\|\w+\|)\d+/, `$1${version}`);
      expect(versioned(2)).toBe(text);
      const { keyvs } = await givenManager(cleanUp, at(redis, PATIENT_MS));
      for (const foreign of ['{"value":1,"expires":null}', versioned(1), versioned(3), 'V|']) {
        await run((client) => client.set(recordKey, foreign, { PX: 60_000 }));
        expect(await keyvs.create().get('key')).toBeUndefined();
        await keyvs.create().set('key', 2);
        expect(await keyvs.create().get('key')).toBe(2);
        await keyvs.create().delete('key');
      }
    });
  });
});
