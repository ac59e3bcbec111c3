import { Inject, Injectable, Module, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { type Cache as CacheManager, CACHE_MANAGER } from '@nestjs/cache-manager';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { CleanUp, at, givenManager, givenRedis, managedModules, timed } from './given-manager.js';

/** No server listens there. */
const NOWHERE = { url: 'redis://127.0.0.1:1' };

@Injectable()
class Warmer implements OnModuleInit, OnApplicationBootstrap {
  constructor(@Inject(CACHE_MANAGER) readonly cache: CacheManager) {}

  async onModuleInit(): Promise<void> {
    await this.cache.set('init', 1);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.cache.set('bootstrap', 2);
  }
}

@Module({ providers: [Warmer] })
class WarmerModule {}

describe('the boot of an application', () => {
  const cleanUp = new CleanUp();
  afterEach(() => cleanUp.run());

  async function givenWarmer(redis: Parameters<typeof managedModules>[0]) {
    const testing = await Test.createTestingModule({ imports: [...managedModules(redis), WarmerModule] }).compile();
    testing.useLogger(false);
    const { ms } = await timed(() => testing.init());
    cleanUp.add(() => testing.close());
    return { ms, cache: testing.get<CacheManager>(CACHE_MANAGER) };
  }

  it('waits until the invalidation channel is verified, so that L1 serves the first requests', async () => {
    const { registry } = await givenManager(cleanUp, at(await givenRedis(cleanUp), 5_000), { atOnce: true });
    expect(registry.channel.connected).toBe(true);
  });

  it('waits for Redis, so that hooks lose no set', async () => {
    const { cache } = await givenWarmer(at(await givenRedis(cleanUp), 5_000));
    expect([await cache.get('init'), await cache.get('bootstrap')]).toEqual([1, 2]);
    expect(await cache.set('after', 3)).toBe(3);
    expect(await cache.get('after')).toBe(3);
  });

  it('is not delayed by a Redis that is down', async () => {
    expect((await givenWarmer(at(NOWHERE))).ms).toBeLessThan(500);
  });

  it('waits for a Redis that is frozen for at most bootTimeoutMs', async () => {
    const server = await givenRedis(cleanUp);
    server.freeze();
    const { ms } = await givenWarmer({ ...at(server), bootTimeoutMs: 200 });
    expect(ms).toBeGreaterThan(190);
    expect(ms).toBeLessThan(900);
    server.thaw();
  });

  it('ends within 100 ms when the application closes at once', async () => {
    const server = await givenRedis(cleanUp);
    for (const redis of [at(server), { ...at(server), bootTimeoutMs: 0 }, at(NOWHERE)]) {
      const { close } = await givenManager(cleanUp, redis, { atOnce: true });
      expect((await timed(close)).ms).toBeLessThan(100);
    }
  });
});

describe('ready()', () => {
  const cleanUp = new CleanUp();
  afterEach(() => cleanUp.run());

  it('resolves once entries are stored in Redis, which a boot that does not wait cannot do', async () => {
    const redis = { ...at(await givenRedis(cleanUp), 5_000), bootTimeoutMs: 0 };
    const { registry, manager } = await givenManager(cleanUp, redis, { atOnce: true });
    expect(registry.channel.connected).toBe(false);
    await registry.ready({ timeoutMs: 5_000 });
    await manager.set('key', 1);
    expect(await manager.get('key')).toBe(1);
  });

  it('rejects after its timeout while Redis is down', async () => {
    const { registry } = await givenManager(cleanUp, at(NOWHERE), { atOnce: true });
    const { ms } = await timed(() =>
      expect(registry.ready({ timeoutMs: 50 })).rejects.toMatchObject({
        code: 'CACHE_UNAVAILABLE',
        message: expect.stringContaining('within 50 ms'),
      }),
    );
    expect(ms).toBeLessThan(500);
  });

  it('resolves at once without Redis', async () => {
    const { registry } = await givenManager(cleanUp, null, { atOnce: true });
    expect((await timed(() => registry.ready({ timeoutMs: 0 }))).ms).toBeLessThan(50);
  });
});
