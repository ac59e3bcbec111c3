import { type RedisAccess, RedisConnection, type RedisTopology } from '@nuthatch/redis';
import { expect, onTestFinished } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { type RedisServer, startRedis } from '../../../test/support/redis-server.js';
import { type CacheModuleOptions, checkOptions } from '../src/cache.options.js';
import { CacheRegistry } from '../src/core/cache-registry.js';
import { defineCache } from '../src/core/policy/define-cache.js';
import { RuntimeProvider } from '../src/runtime-provider.js';

/** Entries with a TTL that no test waits for. */
const numbers = defineCache<number>('numbers', { ttl: '60s' });

/** A server for one test, and a way to send commands to it. */
export async function givenRedis(...args: readonly string[]) {
  const server = await startRedis({ args });
  onTestFinished(() => server.kill());
  const redis = new RedisConnection({ topology: { mode: 'single', url: server.url }, operationTimeoutMs: 5_000 });
  redis.open();
  onTestFinished(() => redis.close());
  await redis.firstAttempt;
  const command = (...words: string[]) => redis.run((client) => client.sendCommand<unknown>(words));
  return { server, command };
}

/** Starts one instance of an application, which is connected and verified. */
export function givenInstance({ url }: Pick<RedisServer, 'url'>, namespace = 'app', options: CacheModuleOptions = {}) {
  return givenInstanceOn({ mode: 'single', url }, namespace, options);
}

export async function givenInstanceOn(
  topology: RedisTopology,
  namespace = 'app',
  options: CacheModuleOptions = {},
  access: () => RedisAccess = () => ({}),
) {
  const redis = new RedisConnection({ topology, access, operationTimeoutMs: 1_000 });
  redis.open();
  const open = new RuntimeProvider(redis, checkOptions({ ...options, namespace }));
  let stopped = false;
  const stop = async (): Promise<void> => {
    if (stopped) return;
    stopped = true;
    await open.onApplicationShutdown();
    await redis.close();
  };
  onTestFinished(stop);
  const { runtime } = open;
  const registry = new CacheRegistry(runtime);
  await eventually(() => expect(runtime.coherence.fresh && runtime.pending.size === 0).toBe(true), {
    within: 15_000,
  });
  return { redis, runtime, registry, cache: registry.create(numbers), stop };
}
