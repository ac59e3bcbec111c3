import { Inject, Injectable, Logger, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  CacheModule,
  CacheRegistry,
  type CacheModuleOptions,
  type CacheOf,
  defineCache,
  InjectCache,
} from '@nuthatch/cache';
import { REDIS_CONNECTION, RedisConnection, RedisModule } from '@nuthatch/redis';
import { beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type RedisServer, startRedis } from '../../../test/support/redis-server.js';
import { RuntimeProvider } from '../src/runtime-provider.js';

const names = defineCache<string>('names', { ttl: '30s' });

@Injectable()
class Names {
  constructor(
    @InjectCache(names) readonly cache: CacheOf<typeof names>,
    @Inject(REDIS_CONNECTION) readonly redis: RedisConnection | null,
  ) {}
}

@Module({ providers: [Names] })
class NamesModule {}

@Module({ providers: [{ provide: 'url', useFactory: () => server.url }], exports: ['url'] })
class SettingsModule {}

let server: RedisServer;

describe(CacheModule.name, () => {
  beforeAll(async () => {
    server = await startRedis();
    return () => server.kill();
  });
  beforeEach(() => {
    const silent = vi.spyOn(Logger.prototype, 'log').mockReturnValue();
    return () => silent.mockRestore();
  });

  async function given(module: ReturnType<typeof CacheModule.forRoot>) {
    // The module that uses the caches may come first.
    const app = await Test.createTestingModule({ imports: [NamesModule, module] }).compile();
    await app.init();
    const close = vi.fn(() => app.close());
    onTestFinished(async () => void (close.mock.calls.length === 0 && (await app.close())));
    return { app, close, names: app.get(Names, { strict: false }) };
  }

  it('opens the connection to a URL, injects it and the caches into every module, and closes it', async () => {
    const { app, close, names: used } = await given(CacheModule.forRoot({ redis: server.url, caches: [names] }));
    expect(used.redis?.state.connected).toBe(true);
    expect(app.get(names.token)).toBe(used.cache);
    const { status } = (await used.cache.read('1', async () => 'Ada')) ?? {};
    const again = await used.cache.read('1', async () => 'Grace');
    expect([status, again?.status, again?.tier]).toEqual(['miss', 'hit', 'l1']);
    await close();
    expect(used.redis?.state.connected).toBe(false);
  });

  it('applies pending invalidations before it closes the connection', async () => {
    const { close, names: used } = await given(CacheModule.forRoot({ redis: server.url, caches: [names] }));
    const shutdown = RuntimeProvider.prototype.onApplicationShutdown;
    const open: unknown[] = [];
    const spy = vi.spyOn(RuntimeProvider.prototype, 'onApplicationShutdown').mockImplementation(async function (
      this: RuntimeProvider,
    ) {
      await shutdown.call(this);
      open.push(used.redis?.client.isOpen);
    });
    await close();
    spy.mockRestore();
    expect(open).toEqual([true]);
  });

  it('takes its options from other providers, also later', async () => {
    const useFactory = async (redis: string): Promise<CacheModuleOptions> => ({ redis, namespace: 'late' });
    const module = CacheModule.forRootAsync({
      caches: [names],
      imports: [SettingsModule],
      inject: ['url'],
      useFactory,
    });
    const { app, names: used } = await given(module);
    expect([used.redis?.state.connected, app.get(CacheRegistry).inProcess]).toEqual([true, false]);
  });

  it('without redis, keeps entries in the process and injects no connection', async () => {
    const { app, names: used } = await given(CacheModule.forRoot({ caches: [names] }));
    expect([used.redis, app.get(CacheRegistry).inProcess]).toEqual([null, true]);
  });

  it('rejects a second CacheModule.forRoot', async () => {
    const imports = [CacheModule.forRoot(), CacheModule.forRoot({ caches: [names] })];
    await expect(Test.createTestingModule({ imports }).compile()).rejects.toMatchObject({
      code: 'CACHE_OPTIONS_INVALID',
      message: expect.stringMatching(/imports CacheModule\.forRoot more than once/),
    });
  });

  it('rejects a RedisModule beside it', async () => {
    const imports = [RedisModule.forRoot(null), CacheModule.forRoot()];
    await expect(Test.createTestingModule({ imports }).compile()).rejects.toMatchObject({
      code: 'CACHE_OPTIONS_INVALID',
      message: expect.stringMatching(/Remove RedisModule from the imports/),
    });
  });
});
