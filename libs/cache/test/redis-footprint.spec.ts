import { RedisConnection } from '@nuthatch/redis';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { startRedis } from '../../../test/support/redis-server.js';
import { checkOptions } from '../src/cache.options.js';
import { Cache } from '../src/core/cache.js';
import { type CachePolicy, defineCache } from '../src/core/policy/define-cache.js';
import { RuntimeProvider } from '../src/runtime-provider.js';

const DAY_MS = 86_400_000;

describe('the data of a cache in Redis', () => {
  const cleanUp: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of cleanUp.splice(0).toReversed()) await end();
  });

  async function givenRedis() {
    const server = await startRedis();
    const redis = new RedisConnection({
      topology: { mode: 'single', url: server.url },
      operationTimeoutMs: 5_000,
    });
    redis.open();
    cleanUp.push(
      () => server.kill(),
      () => redis.close(),
    );
    /** Creates a process with an empty L1. */
    async function cache(policy: Partial<CachePolicy<string, string>> = {}) {
      const open = new RuntimeProvider(redis, checkOptions({ namespace: 'footprint' }));
      cleanUp.push(() => open.onApplicationShutdown());
      await eventually(() => expect(open.runtime.coherence.fresh).toBe(true));
      const definition = defineCache<string>('texts', {
        ttl: '60s',
        ...policy,
      });
      return new Cache(definition, open.runtime);
    }
    /** Returns the keys, without the id of the process in the key of its heartbeat. */
    const names = async () => {
      const keys = await redis.run((client) => client.keys('*'));
      return keys.map((key) => key.replace(/:heartbeat:\w+$/, ':heartbeat')).toSorted();
    };
    return { redis, cache, names };
  }

  it('is read only up to the maximum size of a record', async () => {
    const { redis, cache } = await givenRedis();
    const texts = await cache({ tags: (key) => (key === 'tagged' ? ['huge'] : []) });
    const foreign = 'x'.repeat(64 * 1024 * 1024);
    await redis.run((client) => client.set('footprint:c:texts:shuge', foreign, { PX: 60_000 }));
    await redis.run((client) => client.set('footprint:t:shuge', foreign, { PX: 60_000 }));
    const bytes = async () => {
      const stats = await redis.run((client) => client.info('stats'));
      return Number(/total_net_output_bytes:(\d+)/.exec(stats)?.[1]);
    };
    const before = await bytes();
    for (const key of ['huge', 'tagged']) expect(await texts.readThrough(key, async () => 'loaded')).toBe('loaded');
    expect((await bytes()) - before).toBeLessThan(4 * 1024 * 1024);
  });

  it('has one key per entry and one per tag after any operations, and no list of keys (jaredwray/keyv#455)', async () => {
    const { cache, names } = await givenRedis();
    const texts = await cache({ tags: (key) => ['all', `like:${key.charAt(0)}`] });
    const ids = Array.from({ length: 100 }, (_, index) => `${index % 4}-${index}`);
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(ids.map((id) => texts.readThrough(id, async () => 'loaded')));
      await Promise.all(ids.map((id) => texts.writeThrough(id, async () => 'written')));
      await Promise.all(ids.slice(0, 30).map((id) => texts.delete(id)));
      await texts.invalidateTags(['like:0']);
    }
    await Promise.all(ids.map((id) => texts.readThrough(id, async () => 'loaded')));
    const tags = ['all', 'all:texts', 't:sall', ...[0, 1, 2, 3].map((start) => `t:slike:${start}`)];
    const expected = ['heartbeat', 'server', ...tags, ...ids.map((id) => `c:texts:s${id}`)].map(
      (name) => `footprint:${name}`,
    );
    await eventually(async () => expect(await names()).toEqual(expected.toSorted()));
  });

  it('may live for more than 25 days (Julien-R44/bentocache#61)', async () => {
    const { redis, cache } = await givenRedis();
    const policy = { ttl: '60d', staleWhileRevalidate: '60d' } as const;
    const [here, there] = [await cache(policy), await cache(policy)];
    await here.writeThrough('k', async () => 'written');
    const never = async (): Promise<string> => Promise.reject(new Error('It was to be found.'));
    for (const reader of [here, there]) {
      await eventually(async () => {
        const result = await reader.read('k', never);
        expect(result).toMatchObject({ status: 'hit', tier: 'l1', answer: { value: 'written' } });
        expect(result?.ttlMs).toBeGreaterThan(50 * DAY_MS);
      });
    }
    const leftMs = await redis.run((client) => client.pTTL('footprint:c:texts:sk'));
    expect(leftMs).toBeGreaterThan(110 * DAY_MS);
  });

  it('has different record keys for keys with any characters (nestjs-redisx/nestjs-redisx CHANGELOG 1.9.2)', async () => {
    const { cache } = await givenRedis();
    const [here, there] = [await cache(), await cache()];
    const symbols = ['/', ':', '*', '{', '}', ' ', '\n', '\0', 'é', '𝄞', '\ud800', '\udc00', '\ufffd'];
    const keys = symbols.flatMap((first) => ['', ...symbols].map((second) => first + second));
    for (const key of keys) await here.readThrough(key, async () => JSON.stringify(key));
    const read = await there.readThroughMany(keys, async () => new Map());
    expect(read).toEqual(keys.map((key) => JSON.stringify(key)));
  });
});
