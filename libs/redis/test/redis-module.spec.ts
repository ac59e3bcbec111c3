import { Inject, Injectable, Logger, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { REDIS_CONNECTION, type RedisConnection, RedisModule } from '@nuthatch/redis';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { freePort } from '../../../test/support/free-port.js';
import { startRedis } from '../../../test/support/redis-server.js';

@Injectable()
class Consumer {
  constructor(@Inject(REDIS_CONNECTION) readonly redis: RedisConnection | null) {}
}

@Module({ providers: [Consumer], exports: [Consumer] })
class ConsumerModule {}

@Module({
  providers: [{ provide: 'url', useFactory: async () => `redis://127.0.0.1:${await freePort()}` }],
  exports: ['url'],
})
class SettingsModule {}

describe(RedisModule.name, () => {
  afterEach(() => void vi.restoreAllMocks());

  it('injects one connection into every module, opens it, and closes it at the shutdown', async () => {
    const server = await startRedis();
    const log = vi.spyOn(Logger.prototype, 'log').mockReturnValue();
    const connects = () => log.mock.calls.filter(([message]) => message === 'Connected to Redis (single)');
    const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const topology = { mode: 'single', url: server.url } as const;
    const app = await Test.createTestingModule({
      imports: [RedisModule.forRoot({ topology }), ConsumerModule],
    }).compile();
    await app.init();
    const { redis } = app.get(Consumer, { strict: false });
    await eventually(() => expect(redis?.state.connected).toBe(true));
    expect(connects()).toHaveLength(1);
    expect(warn).not.toHaveBeenCalled();
    await app.close();
    expect(redis?.client.isOpen).toBe(false);
    await server.kill();
  });

  it('logs once that Redis is down at the boot, with its cause, and takes its options from other modules', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const app = await Test.createTestingModule({
      imports: [
        RedisModule.forRootAsync({
          imports: [SettingsModule],
          inject: ['url'],
          useFactory: (url: string) => ({ topology: { mode: 'single', url } }),
        }),
      ],
    }).compile();
    await app.init();
    await app.get<RedisConnection>(REDIS_CONNECTION, { strict: false }).firstAttempt;
    await eventually(() =>
      expect(warn.mock.calls).toEqual([['Redis is down (ECONNREFUSED). Reads go to the origin until it is up again.']]),
    );
    await app.close();
  });

  it('logs each loss and each return of the connection', async () => {
    const server = await startRedis();
    const log = vi.spyOn(Logger.prototype, 'log').mockReturnValue();
    const connects = () => log.mock.calls.filter(([message]) => message === 'Connected to Redis (single)');
    const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const topology = { mode: 'single', url: server.url } as const;
    const app = await Test.createTestingModule({ imports: [RedisModule.forRoot({ topology })] }).compile();
    await app.init();
    await eventually(() => expect(connects()).toHaveLength(1));
    await server.kill();
    await eventually(() => expect(warn.mock.calls).toEqual([[expect.stringMatching(/^Redis is down \([A-Z_]+\)\./)]]));
    await server.start();
    await eventually(() => expect(connects()).toHaveLength(2));
    await app.close();
    await server.kill();
  });

  it('injects null if the application runs without Redis', async () => {
    const app = await Test.createTestingModule({ imports: [RedisModule.forRoot(null), ConsumerModule] }).compile();
    await app.init();
    expect(app.get(Consumer, { strict: false }).redis).toBeNull();
    await app.close();
  });
});
