import { RedisMessageProvider } from '@qified/redis';
import { Cacheable, type CacheableOptions } from 'cacheable';
import { type Contender, type Load, type Row, type SetUp, TAG, TTL_MS, type Where } from '../contender.js';
import { REDIS_BY_KEYV } from './keyv-redis.js';

const library = { library: 'cacheable', packageName: 'cacheable', tags: true } as const;
const sync = (uri: string) => ({ qified: new RedisMessageProvider({ uri }) });
const syncing = '`sync: { qified: new RedisMessageProvider({ uri }) }`';

export const CACHEABLE: readonly SetUp[] = [
  {
    ...library,
    tiers: 'L1',
    options: '`new Cacheable({ ttl })`; `getOrSet`, `delete`; with tags `tags: true`, `set(…, { tags })`',
    purposes: ['healthy'],
    shared: false,
    bus: false,
    open: async (where) => contender({}, where),
  },
  {
    ...library,
    tiers: 'L1 + Redis + sync',
    options: `\`secondary\`: ${REDIS_BY_KEYV.defaults.options}, ${syncing}`,
    purposes: ['healthy', 'faulty'],
    shared: true,
    bus: true,
    open: async (where) =>
      contender({ secondary: REDIS_BY_KEYV.defaults.open(where.redisUrl), sync: sync(where.redisUrl) }, where),
  },
  {
    ...library,
    tiers: 'L1 + Redis + sync, non-blocking',
    options: `\`nonBlocking: true\`, \`secondary\`: ${REDIS_BY_KEYV.nonBlocking.options}, sync as above`,
    purposes: ['faulty'],
    shared: true,
    bus: true,
    open: async (where) => {
      const secondary = REDIS_BY_KEYV.nonBlocking.open(where.redisUrl);
      return contender({ secondary, nonBlocking: true, sync: sync(where.redisUrl) }, where);
    },
  },
  {
    ...library,
    tiers: 'L1 + Redis, bounded client',
    options: `\`secondary\`: as cache-manager's bounded client; no sync, whose client takes a URL only`,
    purposes: ['faulty'],
    shared: true,
    bus: false,
    open: async (where) => contender({ secondary: REDIS_BY_KEYV.bounded.open(where.redisUrl) }, where),
  },
];

function contender(options: CacheableOptions, { tagged }: Where): Contender {
  const cache = new Cacheable({ ttl: TTL_MS, tags: tagged, ...options });
  cache.on('error', () => {});
  const set = async (key: string, row: Row): Promise<void> => {
    await cache.set(key, row, tagged ? { ttl: TTL_MS, tags: [TAG] } : { ttl: TTL_MS });
  };
  // `getOrSet` takes no tags.
  const loadAndSet = async (key: string, load: Load): Promise<Row> => {
    const row = await load();
    await set(key, row);
    return row;
  };
  return {
    async readThrough(key, load) {
      if (tagged) return (await cache.get<Row>(key)) ?? loadAndSet(key, load);
      // By default it swallows the error of a load, and the comparison must see it.
      const row = await cache.getOrSet<Row>(key, load, { throwErrors: 'function' });
      if (!row) throw new Error('getOrSet answered nothing.');
      return row;
    },
    async write(key, change) {
      const row = await change();
      await cache.delete(key);
      return row;
    },
    get: (key) => cache.get<Row>(key),
    set,
    delete: (key) => cache.delete(key),
    invalidateTag: () => cache.tags.invalidateTag(TAG),
  };
}
