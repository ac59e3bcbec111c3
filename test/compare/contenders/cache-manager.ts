import { type Cache, createCache } from 'cache-manager';
import { CacheableMemory } from 'cacheable';
import { Keyv } from 'keyv';
import { type Contender, type Row, type SetUp, TTL_MS } from '../contender.js';
import { REDIS_BY_KEYV } from './keyv-redis.js';

const library = { library: 'cache-manager', packageName: 'cache-manager', bus: false, tags: false } as const;
const memory = (): Keyv => new Keyv({ store: new CacheableMemory({ ttl: TTL_MS, lruSize: 5_000 }) });
const inMemory = '`new Keyv({ store: new CacheableMemory({ ttl, lruSize }) })`';

export const CACHE_MANAGER: readonly SetUp[] = [
  {
    ...library,
    tiers: 'L1',
    options: `\`createCache({ stores })\` with ${inMemory}; \`wrap\`, \`del\``,
    purposes: ['healthy'],
    shared: false,
    open: async () => contender(createCache({ stores: [memory()], ttl: TTL_MS })),
  },
  {
    ...library,
    tiers: 'Redis',
    options: `\`createCache({ stores })\` with ${REDIS_BY_KEYV.defaults.options}`,
    purposes: ['healthy'],
    shared: true,
    open: async ({ redisUrl }) =>
      contender(createCache({ stores: [REDIS_BY_KEYV.defaults.open(redisUrl)], ttl: TTL_MS })),
  },
  {
    ...library,
    tiers: 'L1 + Redis',
    options: 'both stores, L1 first',
    purposes: ['healthy', 'faulty'],
    shared: true,
    open: async ({ redisUrl }) =>
      contender(createCache({ stores: [memory(), REDIS_BY_KEYV.defaults.open(redisUrl)], ttl: TTL_MS })),
  },
  {
    ...library,
    tiers: 'L1 + Redis, non-blocking',
    options: `\`nonBlocking: true\`, ${REDIS_BY_KEYV.nonBlocking.options}`,
    purposes: ['faulty'],
    shared: true,
    open: async ({ redisUrl }) => {
      const stores = [memory(), REDIS_BY_KEYV.nonBlocking.open(redisUrl)];
      return contender(createCache({ stores, ttl: TTL_MS, nonBlocking: true }));
    },
  },
  {
    ...library,
    tiers: 'L1 + Redis, bounded client',
    options: REDIS_BY_KEYV.bounded.options,
    purposes: ['faulty'],
    shared: true,
    open: async ({ redisUrl }) =>
      contender(createCache({ stores: [memory(), REDIS_BY_KEYV.bounded.open(redisUrl)], ttl: TTL_MS })),
  },
];

function contender(cache: Cache): Contender {
  return {
    readThrough: (key, load) => cache.wrap(key, load),
    async write(key, change) {
      const row = await change();
      await cache.del(key);
      return row;
    },
    get: (key) => cache.get<Row>(key),
    async set(key, row) {
      await cache.set(key, row);
    },
    delete: (key) => cache.del(key),
  };
}
