import { HIT, L1_HIT, L2_HIT, type Scenario } from './scenario.js';

/** Hits of one small user, also without a cache and on Express. */
export const ONE_USER = {
  name: 'one-user',
  traffic: { requests: 'hits', users: 1, orders: 0 },
  unit: 'stock-express',
  rows: [
    {
      id: 'fastify',
      name: 'bare Fastify, a constant text',
      load: async () => (await import('../contenders/fastify.js')).serve,
      expects: {},
    },
    {
      id: 'fastify-redis',
      name: 'bare Fastify, one GET of Redis',
      load: async () => (await import('../contenders/fastify-redis.js')).serve,
      expects: {},
    },
    {
      id: 'nest',
      name: 'Nest on Fastify, a constant, no cache',
      load: async () => (await import('../contenders/nest.js')).serve,
      expects: {},
    },
    {
      id: 'nest-intercepted',
      name: 'Nest on Fastify, an interceptor that answers a constant text, no cache',
      load: async () => (await import('../contenders/nest.js')).serveIntercepted,
      expects: {},
    },
    {
      id: 'bentocache',
      name: 'Nest on Fastify, bentocache in the service, hit in memory',
      load: async () => (await import('../contenders/bentocache.js')).serve,
      expects: {},
    },
    {
      id: 'stock',
      name: 'Nest on Fastify, `CacheInterceptor` over `@keyv/redis`',
      load: async () => (await import('../contenders/cache-manager.js')).serveOn('Fastify'),
      expects: HIT,
    },
    {
      id: 'stock-express',
      name: 'Nest on Express, `CacheInterceptor` over `@keyv/redis`',
      load: async () => (await import('../contenders/cache-manager.js')).serveOn('Express'),
      expects: HIT,
    },
    {
      id: 'nuthatch',
      name: 'Nest on Fastify, Nuthatch, hit in memory',
      load: async () => (await import('../contenders/nuthatch.js')).serveOn('Fastify'),
      expects: L1_HIT,
    },
    {
      id: 'nuthatch-metrics',
      name: 'Nest on Fastify, Nuthatch, hit in memory, with metrics',
      load: async () => (await import('../contenders/nuthatch.js')).serveWithMetrics(),
      expects: L1_HIT,
    },
    {
      id: 'nuthatch-304',
      name: 'Nest on Fastify, Nuthatch, hit in memory, 304',
      load: async () => (await import('../contenders/nuthatch.js')).serveOn('Fastify'),
      headers: { 'If-None-Match': '"1-1"' },
      expects: { status: 304, ...L1_HIT },
    },
    {
      id: 'nuthatch-guarded',
      name: 'Nest on Fastify, Nuthatch, hit in memory, behind a guard',
      load: async () => (await import('../contenders/nuthatch.js')).serveGuarded(),
      expects: L1_HIT,
    },
    {
      id: 'nuthatch-l2',
      name: 'Nest on Fastify, Nuthatch, hit in Redis',
      load: async () => (await import('../contenders/nuthatch.js')).serveOn('Fastify', { maxBytes: 1 }),
      expects: L2_HIT,
    },
    {
      id: 'nuthatch-express',
      name: 'Nest on Express, Nuthatch, hit in memory',
      load: async () => (await import('../contenders/nuthatch.js')).serveOn('Express'),
      expects: L1_HIT,
    },
  ],
} as const satisfies Scenario;
