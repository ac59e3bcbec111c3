import 'reflect-metadata';
import { Cache, defineCache } from '@nuthatch/cache';
import { RedisConnection } from '@nuthatch/redis';
import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { createCache } from 'cache-manager';
import { Cacheable } from 'cacheable';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { checkOptions } from '../../libs/cache/src/cache.options.js';
import { RuntimeProvider } from '../../libs/cache/src/runtime-provider.js';
import { eventually } from '../support/eventually.js';
import { startRedis } from '../support/redis-server.js';

const KEY = '0b6b0ad0-8a3c-4a1b-9c3e-6d2f1a5b7c9d';
const TTL_MS = 3_600_000;

interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly roles: readonly string[];
}

const user: User = { id: KEY, name: 'Ada Lovelace', email: 'ada@example.org', roles: ['reader', 'writer'] };
const load = async (): Promise<User> => user;

export interface MicroCache {
  readonly name: string;
  /** Whether it is our library, a peer, or the limit: an async function over a map. */
  readonly kind: 'limit' | 'ours' | 'peer';
  readonly read: () => Promise<unknown>;
}

export interface MicroCaches {
  readonly all: readonly MicroCache[];
  close(): Promise<void>;
}

/** Each reads the same user under the same key from memory, in the fastest configuration that its documentation shows. */
export async function microCaches(): Promise<MicroCaches> {
  const redis = await startRedis();
  const connection = new RedisConnection({ topology: { mode: 'single', url: redis.url } });
  connection.open();
  await connection.firstAttempt;
  const options = checkOptions({});
  const [inProcess, overRedis] = [new RuntimeProvider(null, options), new RuntimeProvider(connection, options)];
  await eventually(() => {
    if (!overRedis.runtime.coherence.fresh) throw new Error('Redis has not been fenced yet.');
  });
  const definition = defineCache<string, User>({ name: 'users.byId', version: 1, key: z.uuid(), ttl: '1h' });
  const ours = new Cache(definition, inProcess.runtime);
  const oursOverRedis = new Cache(definition, overRedis.runtime);

  const map = new LRUCache<string, User>({ max: 1_000 });
  map.set(KEY, user);
  const limit = async (key: string): Promise<User | undefined> => map.get(key);
  const manager = createCache({ ttl: TTL_MS });
  const bento = bentoOver({});
  const bentoByReference = bentoOver({ serialize: false });
  const cacheable = new Cacheable({ ttl: TTL_MS });

  const all: readonly MicroCache[] = [
    { name: 'async function over lru-cache', kind: 'limit', read: () => limit(KEY) },
    { name: 'nuthatch readThrough, in process', kind: 'ours', read: () => ours.readThrough(KEY, () => load()) },
    {
      name: 'nuthatch readThrough, with Redis',
      kind: 'ours',
      read: () => oursOverRedis.readThrough(KEY, () => load()),
    },
    { name: 'cache-manager wrap', kind: 'peer', read: () => manager.wrap(KEY, () => load(), TTL_MS) },
    { name: 'bentocache getOrSet', kind: 'peer', read: () => bento.getOrSet({ key: KEY, factory: () => load() }) },
    {
      name: 'bentocache getOrSet, serialize: false',
      kind: 'peer',
      read: () => bentoByReference.getOrSet({ key: KEY, factory: () => load() }),
    },
    { name: 'cacheable getOrSet', kind: 'peer', read: () => cacheable.getOrSet(KEY, () => load()) },
  ];
  async function close(): Promise<void> {
    await Promise.all([inProcess.onApplicationShutdown(), overRedis.onApplicationShutdown()]);
    await Promise.all([
      connection.close(),
      bento.disconnectAll(),
      bentoByReference.disconnectAll(),
      cacheable.disconnect(),
    ]);
    await redis.stop();
  }
  return { all, close };
}

function bentoOver(options: { readonly serialize?: false }) {
  const store = bentostore().useL1Layer(memoryDriver({ maxItems: 1_000, ...options }));
  return new BentoCache({ default: 'memory', ttl: TTL_MS, stores: { memory: store } });
}
