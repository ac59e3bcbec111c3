import { Inject, Injectable, Logger, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { REDIS_CONNECTION, RedisConnection, RedisModule } from '@nuthatch/redis';
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

async function givenApp(url: string) {
  const topology = { mode: 'single', url } as const;
  const app = await Test.createTestingModule({ imports: [RedisModule.forRoot({ topology })] }).compile();
  try {
    return await app.init();
  } catch (error) {
    await app.close();
    throw error;
  }
}

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
    expect(redis?.state.connected).toBe(true);
    expect(connects()).toHaveLength(1);
    expect(warn).not.toHaveBeenCalled();
    await app.close();
    expect(() => redis?.client).toThrow('Redis is unavailable');
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
      expect(warn.mock.calls).toEqual([
        [
          expect.stringMatching(
            /^Redis at 127\.0\.0\.1:\d+ is down \(ECONNREFUSED\)\. Reads go to the origin until it is up again\. Correct the address in the Redis URL, or start Redis there\.$/,
          ),
        ],
      ]),
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
    await eventually(() =>
      expect(warn.mock.calls[0]).toEqual([expect.stringMatching(/^Redis at 127\.0\.0\.1:\d+ is down \([A-Z_]+\)\./)]),
    );
    await server.start();
    await eventually(() => expect(connects()).toHaveLength(2));
    await app.close();
    await server.kill();
  });

  it('logs each reason of one outage once, with its fix, and no command that Redis refuses to a caller', async () => {
    const server = await startRedis();
    const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    vi.spyOn(Logger.prototype, 'log').mockReturnValue();
    const app = await givenApp(`redis://app:secret@127.0.0.1:${server.port}`);
    const admin = new RedisConnection({ topology: { mode: 'single', url: server.url } });
    admin.open();
    await admin.firstAttempt;
    await eventually(() => expect(warn.mock.calls).toHaveLength(1));
    await admin.run((client) => client.sendCommand(['ACL', 'SETUSER', 'app', 'on', '>secret', '~a:*', '+@all']));
    const redis = app.get<RedisConnection>(REDIS_CONNECTION);
    await eventually(() => expect(redis.state.connected).toBe(true));
    for (let times = 0; times < 2; times += 1) await redis.run((client) => client.get('b')).catch(() => {});
    expect(redis.state.lastError).toBe('NOPERM');
    expect(warn.mock.calls).toEqual([
      [
        expect.stringMatching(
          /^Redis at 127\.0\.0\.1:\d+ is down \(WRONGPASS\)\. .* Correct the user and the password in the Redis URL/,
        ),
      ],
    ]);
    await app.close();
    await admin.close();
    await server.kill();
  });

  it('refuses to start on a node of a Redis Cluster, and says what to set', async () => {
    const server = await startRedis({ args: ['--cluster-enabled', 'yes'] });
    vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    await expect(givenApp(server.url)).rejects.toMatchObject({
      code: 'REDIS_TOPOLOGY_UNSUPPORTED',
      message: expect.stringMatching(
        /a node of a Redis Cluster.*Set the nodes of the cluster, instead of the Redis URL/,
      ),
    });
    await server.kill();
  });

  it('injects null if the application runs without Redis', async () => {
    const app = await Test.createTestingModule({ imports: [RedisModule.forRoot(null), ConsumerModule] }).compile();
    await app.init();
    expect(app.get(Consumer, { strict: false }).redis).toBeNull();
    await app.close();
  });
});
