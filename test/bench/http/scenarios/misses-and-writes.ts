import { HIT, L1_HIT, type Scenario } from './scenario.js';

const stock = async () => (await import('../contenders/cache-manager.js')).serveOn('Fastify');
const bentocache = async () => (await import('../contenders/bentocache.js')).serve;
const nuthatch = async () => (await import('../contenders/nuthatch.js')).serveOn('Fastify');

/** Each request loads another user and stores it. */
export const MISSES = {
  name: 'misses',
  traffic: { requests: 'misses', users: 1, orders: 0 },
  unit: 'bentocache-miss',
  rows: [
    { id: 'stock-miss', name: '`CacheInterceptor` over `@keyv/redis`, miss', load: stock, expects: HIT },
    { id: 'bentocache-miss', name: 'bentocache in the service, miss', load: bentocache, expects: {} },
    { id: 'nuthatch-miss', name: 'Nuthatch, miss', load: nuthatch, expects: HIT },
  ],
} as const satisfies Scenario;

/** Each request changes a user and removes its old value from the cache. */
export const WRITES = {
  name: 'writes',
  traffic: { requests: 'writes', users: 256, orders: 0 },
  unit: 'bentocache-write',
  rows: [
    { id: 'stock-write', name: '`del` of `cache-manager` in the handler', load: stock, expects: HIT },
    { id: 'bentocache-write', name: '`delete` of bentocache in the service', load: bentocache, expects: {} },
    { id: 'nuthatch-write', name: '`writeThrough` of Nuthatch', load: nuthatch, expects: L1_HIT },
    {
      id: 'nuthatch-groups',
      name: 'the same, with the interceptor on the whole controller',
      load: async () => (await import('../contenders/nuthatch.js')).serveGroups(),
      expects: L1_HIT,
    },
  ],
} as const satisfies Scenario;
