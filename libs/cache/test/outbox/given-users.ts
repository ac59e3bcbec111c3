import { createClient } from '@keyv/redis';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { startRedis } from '../../../../test/support/redis-server.js';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { givenDatabase, givenFollower } from './given-outbox.js';

interface User {
  readonly id: number;
  readonly name: string;
}

export const userById = defineCache<User, number>('users.byId', {
  key: z.int(),
  ttl: '1m',
  from: { table: 'users', key: 'id' },
});
export const names = defineCache<readonly string[]>('users.names', {
  ttl: '1m',
  tags: () => ['users'],
  from: { table: 'users', tags: ['users'] },
});
export const caches = [userById, names];
const TABLES = [
  'CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL)',
  "INSERT INTO users SELECT n, 'v1' FROM generate_series(1, 100) AS n",
];

export async function givenUsers(polls = true) {
  const redis = await startRedis();
  onTestFinished(() => redis.kill());
  const { url, pool } = await givenDatabase(TABLES, caches);
  const instance = async (port = redis.port) => {
    const follower = await givenFollower(pool, `redis://127.0.0.1:${port}`, { caches, polls });
    const byId = follower.registry.find(userById);
    const load = async (id: number) =>
      (await pool.query<User>('SELECT id, name FROM users WHERE id = $1', [id])).rows[0];
    const read = async (id: number, strong = false) => {
      const result = await byId.read(id, () => load(id), { strong });
      return { name: Object(result?.answer.value).name, tier: result?.tier };
    };
    return { ...follower, byId, read };
  };
  const foreignWrite = (name: string, id = 1) => pool.query('UPDATE users SET name = $2 WHERE id = $1', [id, name]);
  const redisHas = (key: string) => textIn(redis.url, key);
  return { redis, url, pool, instance, foreignWrite, redisHas };
}

export type Instance = Awaited<ReturnType<Awaited<ReturnType<typeof givenUsers>>['instance']>>;

/** Returns the text of a record, read without the library. */
async function textIn(url: string, key: string): Promise<string | null> {
  const client = createClient({ url });
  await client.connect();
  return client.get(key).finally(() => client.destroy());
}
