import { RedisConnection } from '@nuthatch/redis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { checkOptions } from '../src/cache.options.js';
import { CacheRegistry } from '../src/core/cache-registry.js';
import { defineCache } from '../src/core/policy/define-cache.js';
import { RuntimeProvider } from '../src/runtime-provider.js';
import { startFaultProxy } from '../src/testing/fault-proxy.js';
import { givenRedis } from './given-instance.js';

/** `PAIRS=10000 npm test -- libs/cache/test/read-your-writes.spec.ts` takes more. */
const PAIRS = Number(process.env['PAIRS'] ?? 2_000);
const KEYS = 10;

const versions = defineCache<number>('versions', { ttl: '60s' });

/** Starts an instance that serves its memory for an hour, whether or not it receives messages. */
async function givenDeafInstance(port: number) {
  const proxy = await startFaultProxy({ port });
  onTestFinished(() => proxy.close());
  const topology = { mode: 'single', url: `redis://127.0.0.1:${proxy.port}` } as const;
  // Nothing notices the frozen connection.
  const redis = new RedisConnection({ topology, operationTimeoutMs: 60_000 });
  redis.open();
  onTestFinished(() => redis.close());
  const open = new RuntimeProvider(redis, checkOptions({ namespace: 'app', maxStaleness: '1h' }));
  const registry = new CacheRegistry(open.runtime);
  const cache = registry.create(versions);
  await eventually(() => expect(open.runtime.coherence.fresh).toBe(true));
  // Otherwise its connections would not close before their deadline.
  onTestFinished(() => proxy.thaw());
  return { registry, cache, deafen: () => proxy.freeze('down', 'nuthatch-pushes') };
}

/** Writes on one instance and reads on the other, in turn. Returns how many reads were older than the write before them. */
async function olderReads(pairs: number, withToken: boolean): Promise<number> {
  const { server } = await givenRedis();
  const instances = await Promise.all([givenDeafInstance(server.port), givenDeafInstance(server.port)]);
  const rows = new Map<string, number>();
  const load = (key: string) => async () => rows.get(key) ?? 0;
  for (const { cache, deafen } of instances) {
    for (let key = 0; key < KEYS; key += 1) await cache.readThrough(`${key}`, load(`${key}`));
    deafen();
  }
  let older = 0;
  for (let count = 1; count <= pairs; count += 1) {
    const [writer, reader] = count % 2 === 0 ? instances : instances.toReversed();
    if (!writer || !reader) throw new Error('There are two instances.');
    const key = `${count % KEYS}`;
    const session = writer.registry.session();
    await session.run(() => writer.cache.writeThrough(key, async () => rows.set(key, count) && count));
    const continued = reader.registry.session(withToken ? session.token : undefined);
    const read = await continued.run(() => reader.cache.readThrough(key, load(key)));
    if (read < count) older += 1;
  }
  return older;
}

describe('a client that alternates between instances which receive no messages', { timeout: 60_000 }, () => {
  it('reads nothing older than its own writes with a token', async () => {
    expect(await olderReads(PAIRS, true)).toBe(0);
  });

  it('reads older values without one', async () => {
    expect(await olderReads(1_000, false)).toBeGreaterThan(500);
  });
});
