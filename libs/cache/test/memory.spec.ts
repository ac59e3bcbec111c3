import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Cache } from '../src/core/cache.js';
import { defineCache } from '../src/core/policy/define-cache.js';
import { CacheRegistry } from '../src/core/cache-registry.js';
import { LocalTags } from '../src/core/coherence/tag-versions.js';
import { versionOf, versionText } from '../src/core/store/record-format.js';
import { givenRuntime } from '../src/testing/given-runtime.js';
import { ManualClock } from '../src/testing/manual-clock.js';
import { RedisSimulator } from '../src/testing/redis-simulator.js';

const KEYS = 5_000;
/** Less than the memory of one leaked name per key. */
const MOST_GROWTH_BYTES = 80 * KEYS;
const ROUNDS = 4;

const items = defineCache<string>('items', {
  ttl: '10s',
  staleWhileRevalidate: '10s',
  negativeTtl: '10s',
});

function givenBounded() {
  const { clock, runtime } = givenRuntime({ maxBytes: 100_000, maxEntries: 50 });
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

  it('does not keep a closed cache because of its known absences, which all caches share', async () => {
    const clockOf = async (): Promise<WeakRef<object>> => {
      const { clock, runtime } = givenRuntime();
      const cache = new CacheRegistry(runtime).create(people);
      await fill(cache, absent);
      expect(cache.counters().tiers.l1.puts).toBe(ENTRIES);
      return new WeakRef(clock);
    };
    const clock = await clockOf();
    await heapBytes();
    expect(clock.deref()).toBeUndefined();
  });

  it('is bounded in the number of tags too (jaredwray/cacheable#1571)', () => {
    const tags = new LocalTags(1_000_000);
    for (let count = 0; count <= 100_000; count += 1) tags.learn(`tag-${count}`, 'version');
    expect([tags.version('tag-0'), tags.version('tag-100000')]).toEqual([undefined, 'version']);
    expect(tags.usage.bytes).toBeLessThanOrEqual(1_000_000);
  });
});

interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

const people = defineCache<Person, { id: string }>('users.byId', {
  // Keys that are objects are not memoised, so the memory of a key is part of its entry.
  key: z.object({ id: z.uuid() }),
  ttl: '1m',
  negativeTtl: '1m',
});

const versioned = defineCache<Person, { id: string }>('users.byVersion', {
  key: people.key,
  ttl: '1m',
  etag: ({ id, version }) => `${id}-${version}`,
});

const ENTRIES = 5_000;
/** As many records as the log of misses knows at most. */
const HISTORIES = 10_000;
const AT = '2026-01-02T03:04:05.678Z';
const person = (id: string): Person => ({
  id,
  name: `Ada ${id.slice(0, 13)}`,
  email: `ada.${id.slice(0, 13)}@example.org`,
  version: 1,
  createdAt: AT,
  updatedAt: AT.replace('8Z', '9Z'),
});

/** Creates a process with a simulated Redis, or without Redis. */
function givenProcess(withRedis: boolean, policy = people) {
  const clock = new ManualClock();
  // Clocks return fractions of milliseconds, and V8 keeps such numbers in objects.
  clock.advance(1_234.5);
  const redis = new RedisSimulator(clock);
  const { runtime } = givenRuntime({
    namespace: 'nuthatch',
    clock,
    maxBytes: 1e9,
    maxEntries: 100_000,
    ...(withRedis && { store: (_, listener) => redis.connect(listener) }),
  });
  // The log of misses has bounds of its own. It is full before anything is measured.
  for (let index = 0; index < HISTORIES; index += 1) runtime.observation.misses.stored(String(index), 1);
  const caches = new CacheRegistry(runtime);
  const cache = caches.create(policy);
  const counted = (): number => {
    const { tags, records } = caches.memory;
    return cache.counters().tiers.l1.bytes + tags.bytes + (records?.bytes ?? 0);
  };
  return { redis, cache, counted, local: runtime.coherence.local };
}

/** Who reads an entry: a service reads its value, a response its text. */
type Reader = 'service' | 'response';

async function fill(
  cache: Cache<{ id: string }, Person>,
  load: (id: string) => Person | undefined,
  readers: readonly Reader[] = ['service'],
): Promise<void> {
  for (let index = 0; index < ENTRIES; index += 1) {
    const id = `0198c0de-0000-7000-8000-${index.toString(16).padStart(12, '0')}`;
    for (const reader of readers) {
      if (reader === 'service') await cache.readThrough({ id }, async () => load(id));
      else void (await cache.at({ id }, { textOnly: true })?.read(async () => load(id)))?.answer.etag;
    }
  }
}

const absent = (): undefined => undefined;
const SENT: Reading = { load: person, readers: ['response'] };
const SHARED: Reading = { load: person, readers: ['response', 'service'] };

interface Reading {
  readonly load: (id: string) => Person | undefined;
  readonly readers?: readonly Reader[];
}

function learnTags(): LocalTags {
  const tags = new LocalTags();
  for (let index = 0; index < ENTRIES; index += 1) {
    // Joined, because the engine keeps the parts of a text that nothing has read yet.
    const recordKey = ['nuthatch:t:orders.of.0198c0de-0000-7000-8000-', index.toString(16).padStart(12, '0')].join('');
    const version = versionOf(versionText(index.toString(16).padStart(16, '0')));
    tags.learn(recordKey, version ?? '');
    tags.renewalDue(recordKey, 0.5, 1_000);
  }
  return tags;
}

describe('the bytes that are counted', () => {
  // The first round compiles the code.
  beforeAll(async () => {
    for (const withRedis of [true, false]) await fill(givenProcess(withRedis).cache, person, ['service', 'response']);
    learnTags();
  });

  it.each<[string, Reading & { withRedis: boolean; fetched: boolean; policy?: typeof people; most: number }]>([
    ['entries that were loaded', { withRedis: true, fetched: false, load: person, most: 760 }],
    // The log of misses keeps the record keys of the loads before.
    ['entries that were found in Redis', { withRedis: true, fetched: true, load: person, most: 800 }],
    ['responses that were loaded', { ...SENT, withRedis: true, fetched: false, most: 750 }],
    ['responses that were found in Redis', { ...SENT, withRedis: true, fetched: true, most: 800 }],
    // Their tags are parts of the records, and keep no other part in memory.
    ['responses with entity tags', { ...SENT, withRedis: true, fetched: true, policy: versioned, most: 800 }],
    ['entries that services and responses read', { ...SHARED, withRedis: true, fetched: true, most: 1_050 }],
    ['known absences', { withRedis: true, fetched: false, load: absent, most: 320 }],
    ['entries without Redis', { withRedis: false, fetched: false, load: person, most: 1_300 }],
    ['known absences without Redis', { withRedis: false, fetched: false, load: absent, most: 625 }],
  ])(
    'are those of the heap, within a fifth, for %s',
    async (_, { withRedis, fetched, load, readers, policy, most }) => {
      const { redis, cache, counted, local } = givenProcess(withRedis, policy);
      const before = await heapBytes();
      await fill(cache, load, readers);
      if (fetched) {
        local.clear();
        await fill(cache, absent, readers);
      }
      // The simulated Redis is in this process.
      redis.flush();
      const taken = (await heapBytes()) - before;
      expect(cache.counters().tiers.l1.entries).toBe(ENTRIES);
      expect(counted() / taken).toBeGreaterThan(0.8);
      expect(counted() / taken).toBeLessThan(1.2);
      expect(taken / ENTRIES).toBeLessThan(most);
    },
  );

  it('are those of the heap, within a fifth, for tags', async () => {
    const before = await heapBytes();
    const tags = learnTags();
    const taken = (await heapBytes()) - before;
    expect(tags.usage.entries).toBe(ENTRIES);
    expect(tags.usage.bytes / taken).toBeGreaterThan(0.8);
    expect(tags.usage.bytes / taken).toBeLessThan(1.2);
  });
});
