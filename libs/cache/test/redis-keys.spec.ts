import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RedisConnection } from '@nuthatch/redis';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { startRedis } from '../../../test/support/redis-server.js';
import { checkOptions } from '../src/cache.options.js';
import { Cache } from '../src/core/cache.js';
import { defineCache } from '../src/core/policy/define-cache.js';
import { RuntimeProvider } from '../src/runtime-provider.js';

const page = join(import.meta.dirname, '../../../docs/reference/redis-keys.md');

const items = defineCache<number>('items', {
  ttl: '1s',
  staleWhileRevalidate: '1h',
  tags: () => ['list'],
});

/** The keys of the reference page, as patterns. */
async function namesOfThePage(): Promise<Map<string, RegExp>> {
  const rows = (await readFile(page, 'utf8')).matchAll(/^\| `(<namespace>[^`]*)`/gm);
  const names = [...rows].map(([, name = '']) => name);
  return new Map(
    names.map((name) => [name, new RegExp(`^${name.replace('<namespace>', 'app').replace(/<\w+>/g, '[^:]+')}$`)]),
  );
}

describe('the keys in Redis', () => {
  it('match the reference page exactly, and each has a TTL', async () => {
    const server = await startRedis();
    const redis = new RedisConnection({ topology: { mode: 'single', url: server.url } });
    redis.open();
    const open = new RuntimeProvider(redis, checkOptions({ namespace: 'app', stalenessSamples: 1 }));
    try {
      await eventually(() => expect(open.runtime.coherence.fresh).toBe(true));
      const cache = new Cache(items, open.runtime);
      await cache.readThrough('k', async () => 1);
      await cache.writeThrough('written', async () => 1);
      const { progress } = open.runtime.outbox;
      await progress.advance(undefined, '1 1:1:');
      await progress.reportApplied(new Map([['2-1', ['app:t:slist']]]));
      const slow = Promise.withResolvers<number>();
      await eventually(async () => expect((await cache.read('k', () => slow.promise))?.status).toBe('stale'), {
        within: 2_000,
      });
      const patterns = await namesOfThePage();
      await eventually(async () => {
        const keys = await redis.run((client) => client.keys('*'));
        const known = keys.map((key) => [...patterns].find(([, pattern]) => pattern.test(key))?.[0]);
        expect(new Set(known)).toEqual(new Set(patterns.keys()));
        for (const key of keys) expect(await redis.run((client) => client.pTTL(key))).toBeGreaterThan(0);
      });
      slow.resolve(2);
    } finally {
      await open.onApplicationShutdown();
      await redis.close();
      await server.kill();
    }
  });
});
