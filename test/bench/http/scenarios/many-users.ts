import { HIT, L1_HIT, L2_HIT, type Scenario } from './scenario.js';

const SMALL = { requests: 'hits', users: 256, orders: 0 } as const;
const LARGE = { ...SMALL, orders: 100 };

/** Hits in Redis, each of its own lookup. */
export const MANY_USERS_IN_REDIS = {
  name: 'redis',
  traffic: SMALL,
  unit: 'stock-in-turn',
  rows: [
    {
      id: 'stock-in-turn',
      name: '`CacheInterceptor` over `@keyv/redis`',
      load: async () => (await import('../contenders/cache-manager.js')).serveOn('Fastify'),
      expects: HIT,
    },
    {
      id: 'bentocache-l2-in-turn',
      name: 'bentocache in the service, without memory',
      load: async () => (await import('../contenders/bentocache.js')).serveWithoutMemory,
      expects: {},
    },
    {
      id: 'nuthatch-l2-in-turn',
      name: 'Nuthatch, with nothing in memory',
      load: async () => (await import('../contenders/nuthatch.js')).serveOn('Fastify', { maxBytes: 1 }),
      expects: L2_HIT,
    },
  ],
} as const satisfies Scenario;

export const LARGE_USERS_IN_REDIS = {
  name: 'redis-20k',
  traffic: LARGE,
  unit: 'stock-20k',
  rows: [
    {
      id: 'stock-20k',
      name: '`CacheInterceptor` over `@keyv/redis`, 20 kB',
      load: async () => (await import('../contenders/cache-manager.js')).serveOn('Fastify'),
      expects: HIT,
    },
    {
      id: 'bentocache-l2-20k',
      name: 'bentocache in the service, without memory, 20 kB',
      load: async () => (await import('../contenders/bentocache.js')).serveWithoutMemory,
      expects: {},
    },
    {
      id: 'nuthatch-l2-20k',
      name: 'Nuthatch, with nothing in memory, 20 kB',
      load: async () => (await import('../contenders/nuthatch.js')).serveOn('Fastify', { maxBytes: 1 }),
      expects: L2_HIT,
    },
  ],
} as const satisfies Scenario;

export const LARGE_USERS_IN_MEMORY = {
  name: 'memory-20k',
  traffic: LARGE,
  unit: 'bentocache-20k',
  rows: [
    {
      id: 'bentocache-20k',
      name: 'bentocache in the service, hit in memory, 20 kB',
      load: async () => (await import('../contenders/bentocache.js')).serve,
      expects: {},
    },
    {
      id: 'nuthatch-20k',
      name: 'Nuthatch, hit in memory, 20 kB',
      load: async () => (await import('../contenders/nuthatch.js')).serveOn('Fastify'),
      expects: L1_HIT,
    },
  ],
} as const satisfies Scenario;
