import 'reflect-metadata';
import { Cache, type CacheModuleOptions, defineCache } from '@nuthatch/cache';
import type { RedisConnection } from '@nuthatch/redis';
import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisDriver } from 'bentocache/drivers/redis';
import { createCache } from 'cache-manager';
import { z } from 'zod';
import { checkOptions } from '../../../libs/cache/src/cache.options.js';
import { RuntimeProvider } from '../../../libs/cache/src/runtime-provider.js';
import { threeParts } from '../../compare/contenders/bentocache.js';
import { REDIS_BY_KEYV } from '../../compare/contenders/keyv-redis.js';
import { eventually } from '../../support/eventually.js';
import { TTL_MS, type User } from './users.js';

// Each library is open in the fastest configuration that its documentation shows.

const definition = defineCache<User>('users.byId', { key: z.uuid(), ttl: '1h' });

/** How many entries a memory holds. */
const MOST_ENTRIES = 10_000;

/** @param connection `null` for a cache without Redis */
export async function nuthatch(connection: RedisConnection | null, options: CacheModuleOptions = {}) {
  const provider = new RuntimeProvider(connection, checkOptions({ maxEntries: MOST_ENTRIES, ...options }));
  await eventually(() => {
    if (!provider.runtime.coherence.fresh) throw new Error('The invalidation channel has not been verified yet.');
  });
  const cache = new Cache(definition, provider.runtime);
  return { cache, close: () => provider.onApplicationShutdown() };
}

/** Its memory keeps references when `serialize` is false. */
export function bentocacheInMemory(options: { readonly serialize?: false; readonly maxItems?: number } = {}) {
  return bentocache(bentostore().useL1Layer(memoryDriver({ maxItems: MOST_ENTRIES, ...options })));
}

export function bentocacheOfThreeParts(redisUrl: string) {
  return bentocache(threeParts(redisUrl, { l1: memoryDriver({ maxItems: MOST_ENTRIES, serialize: false }) }));
}

export function bentocacheInRedis(redisUrl: string) {
  const connection = { host: '127.0.0.1', port: Number(new URL(redisUrl).port) };
  return bentocache(bentostore().useL2Layer(redisDriver({ connection })));
}

function bentocache(store: ReturnType<typeof bentostore>) {
  return new BentoCache({ default: 'users', ttl: TTL_MS, stores: { users: store } });
}

export function cacheManagerInMemory() {
  return createCache({ ttl: TTL_MS });
}

export function cacheManagerInRedis(redisUrl: string) {
  return createCache({ ttl: TTL_MS, stores: [REDIS_BY_KEYV.defaults.open(redisUrl)] });
}
