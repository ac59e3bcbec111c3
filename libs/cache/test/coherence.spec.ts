import { Logger } from '@nestjs/common';
import { RedisConnection, type RedisOptions } from '@nuthatch/redis';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { type RedisServer, startRedis } from '../../../test/support/redis-server.js';
import { checkOptions } from '../src/cache.options.js';
import { Cache } from '../src/core/cache.js';
import { CacheRegistry } from '../src/core/cache-registry.js';
import { defineCache } from '../src/core/policy/define-cache.js';
import { RuntimeProvider } from '../src/runtime-provider.js';

/** The guaranteed delay of a message. `npm run test:consistency` measures the actual delay. */
const MESSAGE_MS = 1_000;

const numbers = defineCache<number>('numbers', { ttl: '30s' });
const listed = defineCache<number>('listed', { ...numbers, tags: () => ['list'] });

describe('instances on one Redis', () => {
  const cleanUp: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of cleanUp.splice(0).toReversed()) await end();
  });

  async function givenServer() {
    const server = await startRedis();
    cleanUp.push(() => server.kill());
    return server;
  }

  /** Creates one instance that is connected, subscribed and verified by a heartbeat. */
  async function givenInstance(server: RedisServer, options: Pick<RedisOptions, 'operationTimeoutMs'> = {}) {
    const instance = givenStart(server.url, options);
    await eventually(() => expect(instance.runtime.coherence.fresh).toBe(true));
    return instance;
  }

  function givenStart(url: string, options: Pick<RedisOptions, 'operationTimeoutMs'> = {}) {
    const redis = new RedisConnection({ topology: { mode: 'single', url }, ...options });
    redis.open();
    const open = new RuntimeProvider(redis, checkOptions({ namespace: 'coherence' }));
    cleanUp.push(async () => {
      await open.onApplicationShutdown();
      await redis.close();
    });
    return { redis, open, runtime: open.runtime, cache: new Cache(numbers, open.runtime) };
  }

  const tierOf = async (cache: Cache<string, number>): Promise<string | undefined> =>
    (await cache.read('k', async () => 0))?.tier;

  it("receive each other's writes at once (dotnet/extensions#5674, dotnet/runtime#125602)", async () => {
    const server = await givenServer();
    const [a, b] = [await givenInstance(server), await givenInstance(server)];
    for (const { cache } of [a, b]) await cache.readThrough('k', async () => 1);
    expect(await tierOf(b.cache)).toBe('l1');
    await a.cache.writeThrough('k', async () => 2);
    await eventually(async () => expect(await b.cache.readThrough('k', async () => 0)).toBe(2), { within: MESSAGE_MS });
  });

  it('receive invalidated tags and cleared caches at once (ZiggyCreatures/FusionCache#11, ZiggyCreatures/FusionCache#32)', async () => {
    const server = await givenServer();
    const [a, b] = [await givenInstance(server), await givenInstance(server)];
    const [here, there] = [new Cache(listed, a.runtime), new Cache(listed, b.runtime)];
    await there.readThrough('k', async () => 1);
    expect(await here.invalidateTags(['list'])).toBe('applied');
    await eventually(async () => expect(await there.readThrough('k', async () => 2)).toBe(2), { within: MESSAGE_MS });
    expect(await here.clear()).toBe('applied');
    await eventually(async () => expect(await there.readThrough('k', async () => 3)).toBe(3), { within: MESSAGE_MS });
  });

  it('do not read L1 while their subscription is down, and read it again once it is restored', async () => {
    const server = await givenServer();
    const { redis, cache, runtime } = await givenInstance(server);
    await cache.readThrough('k', async () => 1);
    const { flushes } = runtime.coherence;
    await redis.run((client) => client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub']));
    await eventually(() => expect(runtime.coherence.flushes).toBeGreaterThan(flushes));
    await eventually(() => expect(runtime.coherence.fresh).toBe(true));
    expect(await tierOf(cache)).toBe('l2');
    expect(await tierOf(cache)).toBe('l1');
  });

  it('keep L1 off while Redis forbids SUBSCRIBE, log it once, and turn L1 on once it is allowed', async () => {
    const server = await givenServer();
    const writer = await givenInstance(server);
    const permit = (...rules: string[]) =>
      writer.redis.run((client) => client.sendCommand(['ACL', 'SETUSER', 'unsubscribed', ...rules]));
    await permit('on', '>secret', '~*', '&*', '+@all', '-subscribe');
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    cleanUp.push(async () => warn.mockRestore());
    const reader = givenStart(server.url.replace('//', '//unsubscribed:secret@'));
    await eventually(() => expect(warn).toHaveBeenCalledWith(expect.stringMatching(/refuses SUBSCRIBE \(NOPERM\)/)));
    const before = reader.redis.state.roundTripMs;
    await eventually(() => expect(reader.redis.state.roundTripMs).not.toBe(before));
    await reader.cache.readThrough('k', async () => 1);
    await writer.cache.writeThrough('k', async () => 2);
    expect(await reader.cache.readThrough('k', async () => 3)).toBe(2);
    expect(reader.runtime.coherence.fresh).toBe(false);
    expect(warn).toHaveBeenCalledOnce();
    await permit('+subscribe');
    await eventually(() => expect(reader.runtime.coherence.fresh).toBe(true));
    await eventually(async () => expect(await tierOf(reader.cache)).toBe('l1'));
  });

  it('keep their heartbeat fresh while a flush of pending invalidations takes long', async () => {
    const server = await givenServer();
    const { cache, runtime, open } = await givenInstance(server);
    const flush = vi.spyOn(runtime.pending, 'flush').mockReturnValue(new Promise(() => {}));
    await eventually(() => expect(flush).toHaveBeenCalled());
    const began = performance.now();
    await eventually(() => expect(runtime.coherence.heartbeatAgeMs).toBeLessThan(performance.now() - began));
    await eventually(async () => expect(await tierOf(cache)).toBe('l1'));
    flush.mockRestore();
    expect(open.runtime).toBe(runtime);
  });

  it('stop reading L1 a second after Redis froze, bypass the cache, and hit again after the thaw', async () => {
    const server = await givenServer();
    const { cache, runtime } = await givenInstance(server);
    await cache.readThrough('k', async () => 1);
    server.freeze();
    await eventually(() => expect(runtime.coherence.fresh).toBe(false), { within: 1_500 });
    expect(await cache.read('k', async () => 2)).toMatchObject({ status: 'bypass', answer: { value: 2 } });
    server.thaw();
    await eventually(async () => expect((await cache.read('k', async () => 3))?.status).toBe('hit'));
  });

  it('trust no entry of another server until the namespace tag is invalidated there', async () => {
    const server = await givenServer();
    const { cache, runtime } = await givenInstance(server);
    await cache.readThrough('k', async () => 1);
    await server.kill();
    await eventually(() => expect(runtime.store.session).toBeUndefined());
    await server.start();
    await eventually(() => expect(runtime.pending.size).toBe(0));
    await eventually(async () => expect(await tierOf(cache)).toBe('l1'));
  });

  it('apply pending invalidations after a reconnect, before they trust Redis again (ZiggyCreatures/FusionCache#81)', async () => {
    const server = await givenServer();
    const [a, b] = [await givenInstance(server), await givenInstance(server)];
    await a.cache.readThrough('k', async () => 1);
    server.freeze();
    await eventually(() => expect(a.runtime.store.session).toBeUndefined());
    expect(await a.cache.delete('k')).toBe('pending');
    server.thaw();
    await eventually(() => expect(a.runtime.pending.size).toBe(0));
    expect(await a.cache.readThrough('k', async () => 2, { strong: true })).toBe(2);
    // Until it is connected again too, it loads.
    await eventually(() => expect(b.runtime.store.session !== undefined && b.runtime.coherence.fresh).toBe(true));
    expect(await b.cache.readThrough('k', async () => 3, { strong: true })).toBe(2);
  });

  it('receive a write of thousands of entries, and keep their connection', async () => {
    const server = await givenServer();
    // More messages than the driver queues, even on a busy machine.
    const { redis, runtime, cache } = await givenInstance(server, { operationTimeoutMs: 1_000 });
    const changes = vi.fn();
    redis.onChange(changes);
    const keys = Array.from({ length: 12_000 }, (_, index) => `${index}`);
    const written = await new CacheRegistry(runtime).write((tx) =>
      Promise.all(keys.map((key) => tx.invalidate(numbers, key))),
    );
    expect(written.applied).toBe('applied');
    expect(await cache.invalidate('other')).toBe('applied');
    expect(changes).not.toHaveBeenCalled();
  });

  it('close only after Redis has applied invalidations made before the first connection', async () => {
    const server = await givenServer();
    const { cache } = await givenInstance(server);
    await cache.readThrough('k', async () => 1);
    const redis = new RedisConnection({ topology: { mode: 'single', url: server.url } });
    redis.open();
    const job = new RuntimeProvider(redis, checkOptions({ namespace: 'coherence' }));
    expect(await new Cache(numbers, job.runtime).delete('k')).toBe('pending');
    await job.onApplicationShutdown();
    await redis.close();
    expect(await cache.readThrough('k', async () => 2, { strong: true })).toBe(2);
  });

  it('log the lost invalidations when they close while Redis is unavailable', async () => {
    const server = await givenServer();
    const { cache, open } = await givenInstance(server);
    const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    await server.kill();
    await eventually(() => expect(open.runtime.store.session).toBeUndefined());
    expect(await cache.delete('k')).toBe('pending');
    const began = performance.now();
    await open.onApplicationShutdown();
    expect(performance.now() - began).toBeLessThan(3_000);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('1 pending invalidation is lost'));
    warn.mockRestore();
  });

  it('call the origin once for a cold key (dotnet/extensions#6759, ZiggyCreatures/FusionCache#574, ZiggyCreatures/FusionCache#575)', async () => {
    const server = await givenServer();
    const instances = await Promise.all(Array.from({ length: 4 }, () => givenInstance(server)));
    const allAsked = Promise.withResolvers<void>();
    let loads = 0;
    const load = async (): Promise<number> => {
      loads += 1;
      await allAsked.promise;
      return loads;
    };
    const reads = instances.flatMap(({ cache }) => Array.from({ length: 100 }, () => cache.readThrough('cold', load)));
    allAsked.resolve();
    await Promise.all(reads);
    expect(loads).toBe(1);
  });
});
