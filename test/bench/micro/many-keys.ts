import { LRUCache } from 'lru-cache';
import {
  bentocacheInMemory,
  bentocacheInRedis,
  bentocacheOfThreeParts,
  cacheManagerInMemory,
  cacheManagerInRedis,
  nuthatch,
} from './libraries.js';
import type { Answer, Scenario } from './scenario.js';
import { hundredIds, origin, type User, userWith } from './users.js';

type Bento = ReturnType<typeof bentocacheInMemory | typeof bentocacheInRedis>;
type Manager = ReturnType<typeof cacheManagerInMemory>;
type Ours = Awaited<ReturnType<typeof nuthatch>>['cache'];

const readOurs = (ours: Ours, ids: readonly string[]) =>
  ours.readThroughMany(ids, (missing) => origin.findMany(missing));

/** bentocache has no operation for many keys. */
const readBento = (bento: Bento, ids: readonly string[]) =>
  Promise.all(ids.map((key) => bento.getOrSet({ key, factory: () => origin.find(key) })));

const store = (manager: Manager, users: Iterable<User>) =>
  manager.mset(Array.from(users, (value) => ({ key: value.id, value })));

async function readManager(manager: Manager, ids: readonly string[]): Promise<Answer> {
  const found = await manager.mget<User>([...ids]);
  const missing = ids.filter((_, index) => found[index] === undefined);
  if (missing.length === 0) return found;
  const loaded = await origin.findMany(missing);
  await store(manager, loaded.values());
  return ids.map((id, index) => found[index] ?? loaded.get(id));
}

export const MANY_IN_MEMORY: Scenario = {
  name: '100-memory',
  title: '100 keys from memory',
  callers: 1,
  batch: 10,
  keys: 100,
  loads: false,
  async open({ connection }) {
    const ids = hundredIds();
    const map = new LRUCache<string, User>({ max: 1_000 });
    for (const id of ids) map.set(id, userWith(id));
    const limit = async () => ids.map((id) => map.get(id));
    const { cache, close } = await nuthatch(connection);
    const manager = cacheManagerInMemory();
    const bento = bentocacheInMemory({ serialize: false });
    return {
      rows: [
        { name: 'async function over lru-cache', kind: 'limit', run: limit },
        { name: 'nuthatch readThroughMany', kind: 'ours', run: () => readOurs(cache, ids) },
        { name: 'cache-manager mget', kind: 'peer', run: () => readManager(manager, ids) },
        { name: 'bentocache getOrSet, 100 times', kind: 'peer', run: () => readBento(bento, ids) },
      ],
      async close() {
        await Promise.all([close(), bento.disconnectAll()]);
      },
    };
  },
};

export const MANY_IN_REDIS: Scenario = {
  name: '100-redis',
  title: '100 keys from Redis',
  callers: 8,
  batch: 1,
  keys: 100,
  loads: false,
  atLeast: 1,
  async open({ connection, redisUrl }) {
    const ids = hundredIds();
    const { cache, close } = await nuthatch(connection, { maxBytes: 1 });
    const manager = cacheManagerInRedis(redisUrl);
    const bento = bentocacheInRedis(redisUrl);
    return {
      rows: [
        { name: 'nuthatch readThroughMany', kind: 'ours', run: () => readOurs(cache, ids) },
        { name: 'cache-manager mget', kind: 'peer', run: () => readManager(manager, ids) },
        { name: 'bentocache getOrSet, 100 times', kind: 'peer', run: () => readBento(bento, ids) },
      ],
      async close() {
        await Promise.all([close(), bento.disconnectAll(), manager.disconnect()]);
      },
    };
  },
};

export const MANY_MISSING: Scenario = {
  name: '100-missing',
  title: '100 keys, all missing',
  callers: 8,
  batch: 1,
  keys: 100,
  loads: true,
  atLeast: 0.5,
  async open({ connection, redisUrl }) {
    const { cache, close } = await nuthatch(connection);
    const manager = cacheManagerInRedis(redisUrl);
    const bento = bentocacheOfThreeParts(redisUrl);
    return {
      rows: [
        { name: 'nuthatch readThroughMany', kind: 'ours', run: () => readOurs(cache, hundredIds()) },
        { name: 'cache-manager mget and mset', kind: 'peer', run: () => readManager(manager, hundredIds()) },
        { name: 'bentocache getOrSet, 100 times', kind: 'peer', run: () => readBento(bento, hundredIds()) },
      ],
      async close() {
        await Promise.all([close(), bento.disconnectAll(), manager.disconnect()]);
      },
    };
  },
};
