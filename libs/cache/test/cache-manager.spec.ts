import { Cache as CacheManager, CACHE_MANAGER, CacheModule as NestCacheModule } from '@nestjs/cache-manager';
import { Test } from '@nestjs/testing';
import { CacheModule, KEYV_STORES } from '@nuthatch/cache';
import { REDIS_CONNECTION, type RedisConnection, RedisModule, type RedisOptions } from '@nuthatch/redis';
import type { Keyv } from 'keyv';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { startRedis } from '../../../test/support/redis-server.js';

describe('CACHE_MANAGER', () => {
  const cleanUp: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of cleanUp.splice(0).toReversed()) await end();
  });

  async function givenManager(redis: RedisOptions | null) {
    const testing = await Test.createTestingModule({
      imports: [
        RedisModule.forRoot(redis),
        CacheModule.forRoot({ namespace: 'shop' }),
        NestCacheModule.registerAsync({ inject: [KEYV_STORES], useFactory: (stores: Keyv[]) => ({ stores }) }),
      ],
    }).compile();
    testing.useLogger(false);
    await testing.init();
    cleanUp.push(() => testing.close());
    const connection = testing.get<RedisConnection | null>(REDIS_CONNECTION);
    await eventually(() => expect(connection?.state.connected).not.toBe(false));
    return { manager: testing.get<CacheManager>(CACHE_MANAGER), connection };
  }

  async function givenRedis() {
    const server = await startRedis();
    cleanUp.push(() => server.kill());
    return { server, options: { topology: { mode: 'single', url: server.url } } as const };
  }

  it('stores through the same connection, once under the namespace, and ends with its TTL', async () => {
    const { options } = await givenRedis();
    const { manager, connection } = await givenManager(options);
    await manager.set('greeting', { hello: ['world'] }, 60_000);
    expect(await manager.get('greeting')).toEqual({ hello: ['world'] });
    expect(await connection?.run((client) => client.keys('*cache-manager:*'))).toEqual([
      'shop:c:cache-manager:sgreeting',
    ]);
    const ttlMs = await connection?.run((client) => client.pTTL('shop:c:cache-manager:sgreeting'));
    expect(ttlMs).toBeGreaterThan(50_000);
    expect(ttlMs).toBeLessThanOrEqual(60_000);
  });

  it.each(['Redis', 'no Redis'])('deletes, clears and wraps with %s', async (where) => {
    const { manager } = await givenManager(where === 'Redis' ? (await givenRedis()).options : null);
    await manager.set('a', 1);
    await manager.set('b', 2);
    await manager.del('a');
    expect([await manager.get('a'), await manager.get('b')]).toEqual([undefined, 2]);
    await manager.clear();
    expect(await manager.get('b')).toBeUndefined();
    expect(await manager.wrap('c', async () => 3, 1_000)).toBe(3);
    expect(await manager.wrap('c', async () => 4, 1_000)).toBe(3);
  });

  it('clears what is its own and nothing else (jaredwray/cacheable#642)', async () => {
    const { options } = await givenRedis();
    const { manager, connection } = await givenManager(options);
    await connection?.run((client) => client.set('somebody else', 'kept'));
    await manager.set('a', 1);
    await manager.clear();
    expect(await connection?.run((client) => client.get('somebody else'))).toBe('kept');
  });

  it('answers within its deadline when Redis froze (nestjs/cache-manager#797, jaredwray/cacheable#1046)', async () => {
    const { server, options } = await givenRedis();
    const { manager } = await givenManager({ ...options, operationTimeoutMs: 50 });
    await manager.set('a', 1);
    server.freeze();
    const startedAt = performance.now();
    expect(await manager.get('a')).toBeUndefined();
    await Promise.allSettled([manager.set('a', 2), manager.del('a'), manager.clear()]);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it('leaves the connection open when Nest tells its stores to disconnect', async () => {
    const { options } = await givenRedis();
    const { manager, connection } = await givenManager(options);
    await Promise.all(manager.stores.map((store) => store.disconnect()));
    expect(connection?.state.connected).toBe(true);
    await manager.set('a', 1);
    expect(await manager.get('a')).toBe(1);
  });
});
