import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Cache } from '../src/core/cache.js';
import { defineCache } from '../src/core/policy/define-cache.js';
import { CacheRegistry } from '../src/core/cache-registry.js';
import { LocalTags } from '../src/core/coherence/tag-versions.js';
import { createRuntime } from '../src/core/cache-runtime.js';
import { MemoryStore } from '../src/memory/memory-store.js';
import { MemoryTier } from '../src/memory/memory-tier.js';
import { ManualClock } from '../src/testing/manual-clock.js';

const KEYS = 5_000;
/** Less than the memory of one leaked name per key. */
const MOST_GROWTH_BYTES = 80 * KEYS;
const ROUNDS = 4;

const items = defineCache<string, string>({
  name: 'items',
  version: 1,
  key: z.string(),
  ttl: '10s',
  staleWhileRevalidate: '10s',
  negativeTtl: '10s',
});

function givenBounded() {
  const clock = new ManualClock();
  const bounds = { maxBytes: 100_000, maxEntries: 50 };
  const runtime = createRuntime({
    namespace: 'n',
    clock,
    local: new MemoryTier(clock, bounds),
    maxStalenessMs: 1_000,
    maxLoads: 10,
    maxPayloadBytes: 10_000,
    rolledBack: () => false,
    warn: () => {},
    store: (_, listener) => new MemoryStore(clock, bounds, listener),
  });
  return { clock, runtime, cache: new Cache(items, runtime), caches: new CacheRegistry(runtime) };
}

setFlagsFromString('--expose_gc');
const collect: () => void = runInNewContext('gc');

async function heapBytes(): Promise<number> {
  for (let round = 0; round < 4; round += 1) {
    await new Promise(setImmediate);
    collect();
  }
  return process.memoryUsage().heapUsed;
}

describe('the memory of a process', () => {
  it('does not grow with the number of keys used (jaredwray/cacheable#1571)', async () => {
    const { clock, cache, caches } = givenBounded();
    let seen = 0;
    /** Runs every operation on keys that are never used again. */
    async function churn(): Promise<void> {
      for (let count = 0; count < KEYS; count += 1) {
        seen += 1;
        const key = `key-${seen}`;
        const load = async (): Promise<string> => key;
        await Promise.all([cache.readThrough(key, load), cache.readThrough(key, load)]);
        await cache.readThrough(key, load, { strong: true });
        await cache.readThroughMany([key, `${key}-absent`], async () => new Map());
        await cache.readThrough(`${key}-fails`, () => Promise.reject(new Error('origin'))).catch(() => {});
        await cache.writeThrough(key, load);
        await caches.write((tx) => tx.invalidate(items, key));
        await cache.set(`${key}-kept`, key);
      }
      for (let count = 0; count < KEYS; count += 1) {
        const key = `stale-${seen}-${count}`;
        await cache.readThrough(key, async () => key);
        clock.advance(11_000);
        expect(await cache.read(key, async () => 'new')).toMatchObject({ status: 'stale' });
        await cache.delete(key);
      }
    }
    await churn();
    // Memory kept per key grows in every round. Memory that the engine compiles or resizes grows once.
    let growth = Infinity;
    for (let round = 0; round < ROUNDS && growth >= MOST_GROWTH_BYTES; round += 1) {
      const before = await heapBytes();
      await churn();
      growth = (await heapBytes()) - before;
    }
    expect(growth).toBeLessThan(MOST_GROWTH_BYTES);
  }, 60_000);

  it('is bounded in the number of tags too (jaredwray/cacheable#1571)', () => {
    const tags = new LocalTags();
    for (let count = 0; count <= 100_000; count += 1) tags.learn(`tag-${count}`, 'version');
    expect([tags.version('tag-0'), tags.version('tag-100000')]).toEqual([undefined, 'version']);
  });
});
