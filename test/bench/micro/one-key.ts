import { Cacheable } from 'cacheable';
import { LRUCache } from 'lru-cache';
import { bentocacheInMemory, cacheManagerInMemory, nuthatch } from './libraries.js';
import type { Scenario } from './scenario.js';
import { newId, origin, TTL_MS, type User } from './users.js';

/** Each reads the same user from memory. */
export const ONE_KEY: Scenario = {
  name: 'memory',
  title: 'one key from memory',
  callers: 1,
  batch: 1_000,
  keys: 1,
  loads: false,
  atLeast: 4.5,
  async open({ connection }) {
    const id = newId();
    const load = (): Promise<User> => origin.find(id);
    const map = new LRUCache<string, User>({ max: 1_000 });
    map.set(id, await load());
    const limit = async (key: string): Promise<User | undefined> => map.get(key);
    const ours = await nuthatch(null);
    const oursOverRedis = await nuthatch(connection);
    const manager = cacheManagerInMemory();
    const bento = bentocacheInMemory();
    const bentoByReference = bentocacheInMemory({ serialize: false });
    const cacheable = new Cacheable({ ttl: TTL_MS });
    return {
      rows: [
        { name: 'async function over lru-cache', kind: 'limit', run: () => limit(id) },
        { name: 'nuthatch readThrough, in process', kind: 'ours', run: () => ours.cache.readThrough(id, load) },
        {
          name: 'nuthatch readThrough, with Redis',
          kind: 'ours',
          run: () => oursOverRedis.cache.readThrough(id, load),
        },
        { name: 'cache-manager wrap', kind: 'peer', run: () => manager.wrap(id, load, TTL_MS) },
        { name: 'bentocache getOrSet', kind: 'peer', run: () => bento.getOrSet({ key: id, factory: load }) },
        {
          name: 'bentocache getOrSet, serialize: false',
          kind: 'peer',
          run: () => bentoByReference.getOrSet({ key: id, factory: load }),
        },
        { name: 'cacheable getOrSet', kind: 'peer', run: () => cacheable.getOrSet(id, load) },
      ],
      async close() {
        await Promise.all([ours.close(), oursOverRedis.close()]);
        await Promise.all([bento.disconnectAll(), bentoByReference.disconnectAll(), cacheable.disconnect()]);
      },
    };
  },
};
