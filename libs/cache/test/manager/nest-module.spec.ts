import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import KeyvRedis from '@keyv/redis';
import {
  type Cache as CacheManager,
  Cache as CacheToken,
  CACHE_MANAGER,
  CacheModule as NestCacheModule,
  type CacheModuleOptions,
  type CacheOptionsFactory,
} from '@nestjs/cache-manager';
import { type DynamicModule, Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { CacheModule, CacheRegistry, defineCache, type KeySchema } from '@nuthatch/cache';
import { KeyvFactory, KeyvModule } from '@nuthatch/cache/manager';
import type { RedisOptions } from '@nuthatch/redis';
import { Keyv } from 'keyv';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../../../test/support/eventually.js';
import { at, CleanUp, givenManager, givenRedis, storeOf } from './given-manager.js';

describe('CacheModule of @nestjs/cache-manager', () => {
  const cleanUp = new CleanUp();
  afterEach(() => cleanUp.run());

  async function managerOf(module: DynamicModule, ...more: DynamicModule[]): Promise<CacheManager> {
    const own = [CacheModule.forRoot({ namespace: 'shop' }), KeyvModule];
    const testing = await Test.createTestingModule({ imports: [...own, ...more, module] }).compile();
    testing.useLogger(false);
    await testing.init();
    cleanUp.add(() => testing.close());
    expect(testing.get(CacheToken, { strict: false })).toBe(testing.get(CACHE_MANAGER, { strict: false }));
    return testing.get<CacheManager>(CACHE_MANAGER, { strict: false });
  }

  /** Returns an object with the verbs of a Keyv. */
  function foreignKeyv() {
    const answer = () => vi.fn<() => Promise<unknown>>(async () => undefined);
    const verbs = { get: answer(), set: answer(), delete: answer(), clear: answer(), disconnect: answer() };
    return { opts: {}, hooks: {}, stats: {}, ...verbs };
  }

  describe('stores', () => {
    it('CacheModule uses our Keyv without wrapping it, so that ttl works', async () => {
      const made: Keyv[] = [];
      const stores = (keyvs: KeyvFactory): Keyv[] => (made.push(keyvs.create()), made);
      const { manager } = await givenManager(cleanUp, null, { stores });
      expect(manager.stores).toEqual(made);
      expect(storeOf(manager)).toBe(made[0]);
      await manager.set('key', 1, 60_000);
      const endsAt = await manager.ttl('key');
      expect(endsAt).toBeGreaterThan(Date.now() + 50_000);
      expect(endsAt).toBeLessThanOrEqual(Date.now() + 60_000);
    });

    it('CacheModule uses any other Keyv, and an object with its verbs, without wrapping them', async () => {
      const keyv = new Keyv({ namespace: 'theirs', ttl: 60_000 });
      const foreign = foreignKeyv();
      const stores = [keyv, foreign as unknown as Keyv];
      const manager = await managerOf(NestCacheModule.register({ stores }));
      expect(manager.stores).toEqual(stores);
      expect(manager.stores.every((store, place) => store === stores[place])).toBe(true);
      await manager.set('key', 1);
      expect(await keyv.get('key')).toBe(1);
      expect(foreign.set).toHaveBeenCalledTimes(1);
      await cleanUp.run();
      expect(foreign.disconnect).toHaveBeenCalledTimes(1);
    });

    it('CacheModule wraps our bare store once, with the TTL and the namespace of the module', async () => {
      const { keyvs } = await givenManager(cleanUp, null);
      const store = keyvs.store();
      const manager = await managerOf(NestCacheModule.register({ stores: [store], ttl: 60_000, namespace: 'module' }));
      await manager.set('key', 1);
      expect(storeOf(manager).store).toBe(store);
      expect(await keyvs.create({ namespace: 'module' }).get('key', { raw: true })).toEqual({
        value: 1,
        expires: expect.any(Number),
      });
    });

    it('a raw KeyvRedis beside our Keyv has its own connection, names and clear (jaredwray/keyv#925)', async () => {
      const server = await givenRedis(cleanUp);
      const raw = new Keyv({ store: new KeyvRedis(server.url), namespace: 'raw', useKeyPrefix: false });
      const { manager, connection } = await givenManager(cleanUp, at(server, 5_000), {
        stores: (keyvs) => [keyvs.create(), raw],
      });
      await manager.set('key', 1);
      const names = await connection?.run((client) => client.keys('*key'));
      expect(names?.toSorted()).toEqual(['raw::key', 'shop:c:cache-manager:skey']);
      await storeOf(manager).clear();
      expect(await raw.get('key')).toBe(1);
      expect(await manager.get('key')).toBe(1);
      await storeOf(manager).set('key', 2);
      await raw.clear();
      expect([await raw.get('key'), await manager.get('key')]).toEqual([undefined, 2]);
    });
  });

  describe('with several stores', () => {
    it('CACHE_MANAGER with two stores reads from the first that has the entry, and writes to both', async () => {
      const first = new Keyv();
      const { manager, keyvs } = await givenManager(cleanUp, null, { stores: (made) => [first, made.create()] });
      const second = keyvs.create();
      await manager.set('key', 'value');
      expect([await first.get('key'), await second.get('key')]).toEqual(['value', 'value']);
      await first.delete('key');
      expect(await manager.get('key')).toBe('value');
      expect(await manager.mget(['key', 'none'])).toEqual(['value', undefined]);
      await manager.wrap('key', () => expect.fail('the second store has it'));
      expect(await first.get('key')).toBe('value');
      await manager.del('key');
      expect([await first.get('key'), await second.get('key')]).toEqual([undefined, undefined]);
    });

    it.each([undefined, null])(
      'wrap returns the %s of a loader, and loads undefined again (Julien-R44/bentocache#45, jaredwray/cacheable#89)',
      async (nothing) => {
        const stores = (made: KeyvFactory): Keyv[] => [new Keyv(), made.create()];
        const { manager } = await givenManager(cleanUp, null, { stores });
        const load = vi.fn<() => Promise<unknown>>(async () => nothing);
        for (let time = 0; time < 2; time += 1) expect(await manager.wrap('key', load, 60_000)).toBe(nothing);
        expect(load).toHaveBeenCalledTimes(nothing === undefined ? 2 : 1);
      },
    );
  });

  describe('registered asynchronously', () => {
    @Injectable()
    class CacheOptions implements CacheOptionsFactory {
      constructor(private readonly keyvs: KeyvFactory) {}

      createCacheOptions(): CacheModuleOptions {
        return { ttl: 60_000, stores: [this.keyvs.create({ namespace: 'options' })] };
      }
    }
    @Module({ providers: [CacheOptions], exports: [CacheOptions] })
    class OptionsModule {}
    const useFactory = (options: CacheOptions): CacheModuleOptions => options.createCacheOptions();

    it.each<[string, DynamicModule]>([
      ['a class', NestCacheModule.registerAsync({ useClass: CacheOptions })],
      ['an existing provider', NestCacheModule.registerAsync({ imports: [OptionsModule], useExisting: CacheOptions })],
      ['a factory', NestCacheModule.registerAsync({ imports: [OptionsModule], inject: [CacheOptions], useFactory })],
      [
        'extra providers',
        NestCacheModule.registerAsync({ extraProviders: [CacheOptions], inject: [CacheOptions], useFactory }),
      ],
    ])('CACHE_MANAGER is registered asynchronously by %s', async (_, module) => {
      const manager = await managerOf(module);
      await manager.set('key', 1);
      expect(await manager.get('key')).toBe(1);
      expect(await manager.ttl('key')).toBeGreaterThan(Date.now());
    });
  });

  it('CACHE_MANAGER emits events for set, get, del and clear', async () => {
    const { manager } = await givenManager(cleanUp, null);
    const events: string[] = [];
    manager.on('set', ({ key }) => events.push(`set ${key}`));
    manager.on('get', ({ key, value }) => events.push(`get ${key} ${String(value)}`));
    manager.on('del', ({ key }) => events.push(`del ${key}`));
    manager.on('clear', () => events.push('clear'));
    await manager.set('key', 1);
    await manager.get('key');
    await manager.del('key');
    await manager.clear();
    expect(new Set(events)).toEqual(new Set(['set key', 'get key 1', 'del key', 'clear']));
  });

  it('wrap refreshes an entry once before it expires', async () => {
    const { manager } = await givenManager(cleanUp, null);
    let loads = 0;
    const load = async (): Promise<number> => {
      await pause(10);
      return (loads += 1);
    };
    expect(await manager.wrap('key', load, 60_000)).toBe(1);
    const asked = Array.from({ length: 20 }, () => manager.wrap('key', load, 60_000, 60_001));
    expect(new Set(await Promise.all(asked))).toEqual(new Set([1]));
    await eventually(async () => expect(await manager.get('key')).toBe(2));
    expect(loads).toBe(2);
  });

  it('all packages share one keyv, and our stores are instances of it (nestjs/nest#14580, nestjs/cache-manager#698, jaredwray/keyv#1300, #1522)', async () => {
    const packages = new URL('../../../../node_modules/', import.meta.url);
    const keyvOf = (name: string): string => createRequire(new URL(`${name}/package.json`, packages)).resolve('keyv');
    const dependents = ['cache-manager', '@nestjs/cache-manager', '@keyv/redis'];
    expect(new Set(dependents.map(keyvOf))).toEqual(new Set([createRequire(import.meta.url).resolve('keyv')]));
    const { keyvs, manager } = await givenManager(cleanUp, null);
    expect(keyvs.create()).toBeInstanceOf(Keyv);
    expect(storeOf(manager).iterator).toBeTypeOf('function');
  });

  describe('logs', () => {
    async function logged(redis: RedisOptions | null, line: RegExp): Promise<void> {
      const lines: string[] = [];
      const note = (logLine: string): void => void lines.push(logLine);
      const testing = await Test.createTestingModule({
        imports: [CacheModule.forRoot({ redis })],
      })
        .setLogger({ log: note, warn: note, error: note })
        .compile();
      await testing.init();
      cleanUp.add(() => testing.close());
      await eventually(() => expect(lines).toContainEqual(expect.stringMatching(line)));
      expect(testing.get(CacheRegistry).inProcess).toBe(redis === null);
    }

    it.each([
      ['in memory without Redis', null, /No Redis is configured: .* memory of this process/],
      ['nowhere without a connection', 'redis://127.0.0.1:1', /ECONNREFUSED/],
    ])('the log reports that entries live %s (nestjs/cache-manager#593)', async (_, url, line) => {
      await expect(logged(url === null ? null : at({ url }), line)).resolves.toBeUndefined();
    });

    it('the log reports that entries live in Redis (nestjs/cache-manager#593, dabroek/node-cache-manager-redis-store#53, #40)', async () => {
      const redis = at(await givenRedis(cleanUp));
      await expect(logged(redis, /Connected to Redis \(single\)/)).resolves.toBeUndefined();
    });
  });

  describe('the store without a Keyv, as Keyv 6 needs it', () => {
    it('the store expires entries, and returns whether each set was made (jaredwray/keyv#1899, #1923, #1904, #1954)', async () => {
      const { keyvs } = await givenManager(cleanUp, at(await givenRedis(cleanUp), 5_000));
      const store = keyvs.store({ bareKeys: true });
      expect(await store.set('key', 'text', 50)).toBe(true);
      expect(await store.setMany([{ key: 'long', value: 'text' }])).toEqual([true]);
      expect([await store.get('key'), await store.has('key')]).toEqual(['text', true]);
      await eventually(async () => expect(await store.get('key')).toBeUndefined());
      expect(await store.hasMany(['key', 'long'])).toEqual([false, true]);
    });

    it.each(['Redis', 'no Redis'])(
      'the store reads and removes entries whose sets were not awaited, with %s (jaredwray/keyv#1899, #1923, #1904, #1954)',
      async (tier) => {
        const redis = tier === 'Redis' ? at(await givenRedis(cleanUp), 5_000) : null;
        const { keyvs } = await givenManager(cleanUp, redis);
        const store = keyvs.store({ bareKeys: true });
        const sets: Promise<unknown>[] = [];
        const setTwice = (key: string): void => void sets.push(store.set(key, 1), store.set(key, 2));
        for (const key of ['a', 'b', 'c']) setTwice(key);
        expect(await Promise.all([store.get('a'), store.getMany(['b']), store.has('c')])).toEqual([2, [2], true]);
        setTwice('a');
        await store.delete('a');
        await Promise.all(sets);
        expect(await store.hasMany(['a', 'b'])).toEqual([false, true]);
        setTwice('b');
        await store.clear();
        await Promise.all(sets);
        expect(await store.hasMany(['b', 'c'])).toEqual([false, false]);
      },
    );

    it('the store keeps namespaces apart for any keys (jaredwray/keyv#1899, #1923, #1904, #1954)', async () => {
      const { keyvs } = await givenManager(cleanUp, null);
      const [one, two] = [keyvs.store({ bareKeys: true }), keyvs.store({ bareKeys: true })];
      one.namespace = 'one';
      two.namespace = 'two';
      await one.set('two:key', 1);
      await two.set('key', 2);
      expect([await one.get('two:key'), await one.get('key'), await two.get('key')]).toEqual([1, undefined, 2]);
      await two.clear();
      expect([await one.get('two:key'), await two.get('key')]).toEqual([1, undefined]);
    });
  });

  it('CACHE_MANAGER stores and removes entries within the write of another cache', async () => {
    const anyText: KeySchema<string> = { '~standard': { validate: (value) => ({ value: String(value) }) } };
    const { manager, registry } = await givenManager(cleanUp, null);
    const users = registry.create(defineCache<number>('users', { key: anyText, ttl: '1m' }));
    await manager.set('removed', 1);
    await users.writeThrough('1', async () => {
      await manager.set('key', 1);
      await manager.del('removed');
      await manager.clear();
      await manager.set('key', 1);
      await manager.del('key');
      await manager.set('key', 2);
      return 1;
    });
    expect([await manager.get('key'), await manager.get('removed')]).toEqual([2, undefined]);
  });
});
