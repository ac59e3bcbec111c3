import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from '@keyv/redis';
import { Pool } from 'pg';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { startFaultProxy } from '../../src/testing/fault-proxy.js';
import { eventually } from '../../../../test/support/eventually.js';
import { startRedis } from '../../../../test/support/redis-server.js';
import { startTransactionPooler } from '../../../../test/support/transaction-pooler.js';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { passWriteToken } from '../../src/outbox/write-token.js';
import { givenDatabase, givenFollower } from './given-outbox.js';

interface User {
  readonly id: number;
  readonly name: string;
}

const userById = defineCache<User, number>('users.byId', {
  key: z.int(),
  ttl: '1m',
  from: { table: 'users', key: 'id' },
});
const names = defineCache<readonly string[]>('users.names', {
  ttl: '1m',
  tags: () => ['users'],
  from: { table: 'users', tags: ['users'] },
});
const caches = [userById, names];
const TABLES = [
  'CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL)',
  "INSERT INTO users SELECT n, 'v1' FROM generate_series(1, 100) AS n",
];

async function given(polls = true) {
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

type Instance = Awaited<ReturnType<Awaited<ReturnType<typeof given>>['instance']>>;

/** Returns the text of a record, read without the library. */
async function textIn(url: string, key: string): Promise<string | null> {
  const client = createClient({ url });
  await client.connect();
  return client.get(key).finally(() => client.destroy());
}

describe('the relay of the outbox', () => {
  it('makes a foreign UPDATE visible in the memory of each instance, without a message', async () => {
    const { instance, foreignWrite } = await given();
    const instances = [await instance(), await instance()];
    for (const { read } of instances) await eventually(async () => expect(await read(1)).toMatchObject({ tier: 'l1' }));
    await foreignWrite('v2');
    await Promise.all(instances.map(({ read }) => eventually(async () => expect((await read(1)).name).toBe('v2'))));
  });

  it('invalidates the lists of a changed row after its entries', async () => {
    const { instance, foreignWrite } = await given(false);
    const { registry, relay, read } = await instance();
    await relay.poll();
    await relay.poll();
    const list = () => registry.find(names).readThrough('all', async () => [(await read(1)).name]);
    expect(await list()).toEqual(['v1']);
    await foreignWrite('v2');
    await relay.poll();
    expect(await list()).toEqual(['v2']);
  });

  it('keeps the value of a write through a cache that passes its token', async () => {
    const { pool, instance } = await given(false);
    const [writer, other] = [await instance(), await instance()];
    for (const { relay } of [writer, other]) await relay.poll();
    await writer.byId.writeThrough(1, async () => {
      await pool.query(`UPDATE users SET name = 'v2' WHERE id = 1 RETURNING ${passWriteToken()}`);
      return { id: 1, name: 'v2' };
    });
    for (const { relay } of [other, writer, other]) await relay.poll();
    expect(await other.read(1)).toEqual({ name: 'v2', tier: 'l2' });
  });

  /** Lets a relay read the row of a write before the write ends. `meanwhile` runs after that, before the relay continues. */
  async function relayedEarly(
    { pool, writer, relaying }: Record<'writer' | 'relaying', Instance> & { pool: Pool },
    meanwhile = async (): Promise<void> => {},
  ): Promise<void> {
    const [committed, relayed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const writing = writer.byId.writeThrough(1, async () => {
      await pool.query(`UPDATE users SET name = 'v2' WHERE id = 1 RETURNING ${passWriteToken()}`);
      committed.resolve();
      await relayed.promise;
      return { id: 1, name: 'v2' };
    });
    await committed.promise;
    vi.spyOn(relaying.runtime.clock, 'sleep').mockImplementation(async () => {
      relayed.resolve();
      await writing;
      await meanwhile();
    });
    await relaying.relay.poll();
  }

  it('keeps the value of a write that another relay reads before its writer has stored it', async () => {
    const { pool, instance } = await given(false);
    const [writer, other] = [await instance(), await instance()];
    for (const { relay } of [writer, other]) await relay.poll();
    await relayedEarly({ pool, writer, relaying: other });
    expect(await other.read(1)).toEqual({ name: 'v2', tier: 'l2' });
  });

  it('keeps in memory what was read after a write that its own relay reads before it ends', async () => {
    const { pool, instance } = await given(false);
    const writer = await instance();
    await writer.relay.poll();
    await writer.relay.poll();
    const inMemory = () => eventually(async () => expect(await writer.read(1)).toMatchObject({ tier: 'l1' }));
    await inMemory();
    await relayedEarly({ pool, writer, relaying: writer }, inMemory);
    expect(await writer.read(1)).toEqual({ name: 'v2', tier: 'l1' });
  });

  it('invalidates what a write through a cache has forgotten, although it passed its token', async () => {
    const { pool, instance } = await given(false);
    const { relay, registry, byId } = await instance();
    await relay.poll();
    await relay.poll();
    await registry.find(names).readThrough('all', async () => ['v1']);
    await byId.writeInvalidate(1, async () => {
      await pool.query(`UPDATE users SET name = 'v2' WHERE id = 1 RETURNING ${passWriteToken()}`);
    });
    await relay.poll();
    expect(await registry.find(names).readThrough('all', async () => ['v2'])).toEqual(['v2']);
  });

  it('ends the intent of a writer that has crashed after its commit', async () => {
    const { pool, instance, redisHas } = await given(false);
    const [crashed, other] = [await instance(), await instance()];
    await other.relay.poll();
    await other.relay.poll();
    const committed = Promise.withResolvers<void>();
    // The body never returns, as if the process had ended.
    void crashed.byId.writeInvalidate(1, async () => {
      await pool.query(`UPDATE users SET name = 'v2' WHERE id = 1 RETURNING ${passWriteToken()}`);
      committed.resolve();
      await new Promise(() => {});
    });
    await committed.promise;
    expect(await redisHas('app:c:users.byId:j1')).toMatch(/^W\|/);
    await other.relay.poll();
    expect(await redisHas('app:c:users.byId:j1')).toBeNull();
    expect((await other.read(1)).name).toBe('v2');
  });

  it('applies a change to its own memory although another relay has applied it to Redis', async () => {
    const { instance, foreignWrite } = await given(false);
    const [first, second] = [await instance(), await instance()];
    for (const { relay } of [first, second]) await relay.poll();
    for (const { read } of [first, second]) await read(1);
    await second.read(1);
    await foreignWrite('v2');
    await first.relay.poll();
    expect((await first.read(1)).name).toBe('v2');
    // As if the message of the first relay had been lost.
    const { coherence } = second.runtime;
    const record = second.runtime.keys.record('users.byId', 1).key;
    const read = await second.byId.read(1, async () => ({ id: 1, name: 'v2' }));
    expect(read?.answer.value).toMatchObject({ name: 'v2' });
    let dropped = false;
    const forget = coherence.forget.bind(coherence);
    coherence.forget = (recordKey) => {
      dropped ||= recordKey === record;
      forget(recordKey);
    };
    await second.relay.poll();
    expect(dropped).toBe(true);
    // And the value in Redis, which is newer than the change, stays.
    expect(await second.read(1)).toEqual({ name: 'v2', tier: 'l2' });
  });

  it('works through a pooler that gives each transaction another connection', async () => {
    const { redis, url, foreignWrite } = await given(false);
    const pooler = await startTransactionPooler(url);
    const pool = new Pool({ connectionString: pooler.url });
    pool.on('error', () => {});
    onTestFinished(async () => {
      await pool.end();
      await pooler.close();
    });
    const { relay, registry } = await givenFollower(pool, redis.url, { caches, polls: false });
    await relay.poll();
    await relay.poll();
    const read = (name: string) => registry.find(userById).readThrough(1, async () => ({ id: 1, name }));
    expect((await read('v1')).name).toBe('v1');
    await foreignWrite('v2');
    await relay.poll();
    expect((await read('v2')).name).toBe('v2');
  });

  it('applies the changes to the memory of an instance without Redis', async () => {
    const { pool, foreignWrite } = await given(false);
    const { relay, registry } = await givenFollower(pool, null, { caches, polls: false });
    await relay.poll();
    const read = (name: string) => registry.find(userById).readThrough(1, async () => ({ id: 1, name }));
    await read('v1');
    await foreignWrite('v2');
    await relay.poll();
    expect((await read('v2')).name).toBe('v2');
  });

  it('follows the database in the memory of an instance that is cut off from Redis', async () => {
    const { redis, instance, foreignWrite } = await given(false);
    const proxy = await startFaultProxy({ port: redis.port });
    onTestFinished(() => proxy.close());
    const { relay, read, runtime } = await instance(proxy.port);
    await relay.poll();
    await relay.poll();
    await read(1);
    await eventually(async () => expect(await read(1)).toMatchObject({ tier: 'l1' }));
    proxy.freeze('both');
    await foreignWrite('v2');
    await relay.poll();
    expect((await read(1)).name).toBe('v2');
    proxy.thaw();
    await eventually(() => expect(runtime.coherence.fresh).toBe(true));
  });
});

describe('the quarantine', () => {
  it('reads nothing from Redis until the first poll has applied what was missed while no instance ran', async () => {
    const { instance, foreignWrite } = await given(false);
    const before = await instance();
    await before.relay.poll();
    await before.relay.poll();
    await before.read(1);
    expect(await before.read(1, true)).toEqual({ name: 'v1', tier: 'l2' });
    await before.stop();
    await foreignWrite('v2');
    const after = await instance();
    // Without the outbox, Redis is read after the first heartbeat, at most 250 ms later.
    for (let count = 0; count < 60; count += 1) {
      expect(await after.read(1)).toEqual({ name: 'v2', tier: undefined });
      await pause(10);
    }
    await after.relay.poll();
    expect((await after.read(1)).name).toBe('v2');
    expect(await after.read(1, true)).toEqual({ name: 'v2', tier: 'l2' });
  });

  it('keeps the entries that no change names', async () => {
    const { instance, foreignWrite } = await given(false);
    const before = await instance();
    await before.relay.poll();
    await before.relay.poll();
    await before.read(2);
    await before.stop();
    await foreignWrite('v2', 1);
    const after = await instance();
    await after.relay.poll();
    expect(await after.read(2)).toEqual({ name: 'v1', tier: 'l2' });
  });

  it('invalidates all entries if Redis has no checkpoint', async () => {
    const { instance } = await given(false);
    const { relay, read, redis: connection } = await instance();
    await relay.poll();
    await relay.poll();
    await read(1);
    await connection?.run((client) => client.del('app:{outbox}'));
    await relay.poll();
    expect(await read(1, true)).toEqual({ name: 'v1', tier: undefined });
  });

  it('invalidates all entries if the changes since the checkpoint are no longer retained', async () => {
    const { redis, pool, instance, foreignWrite } = await given(false);
    const before = await instance();
    await before.relay.poll();
    await before.relay.poll();
    await before.read(1);
    await before.stop();
    await foreignWrite('v2');
    await pool.query('DELETE FROM cache_outbox');
    const after = await givenFollower(pool, redis.url, { caches, polls: false, retentionMs: 1 });
    await after.relay.poll();
    const result = await after.registry.find(userById).readThrough(1, async () => ({ id: 1, name: 'v2' }));
    expect(result.name).toBe('v2');
  });

  it('invalidates all entries if the database was restored to a time before the checkpoint', async () => {
    const { instance } = await given(false);
    const { relay, read, redis: connection } = await instance();
    await relay.poll();
    await relay.poll();
    await read(1);
    const ahead = `${Date.now()} 900000000:900000000:`;
    await connection?.run((client) => client.set('app:{outbox}', ahead));
    await relay.poll();
    expect(await read(1, true)).toEqual({ name: 'v1', tier: undefined });
    expect(await connection?.run((client) => client.get('app:{outbox}'))).not.toBe(ahead);
  });

  it('invalidates all entries instead of more than 10,000 names', async () => {
    const { pool, instance } = await given(false);
    const { relay, read } = await instance();
    await relay.poll();
    await relay.poll();
    await read(1);
    await pool.query(`
      INSERT INTO cache_outbox (keys, tags)
      SELECT jsonb_build_object('users.byId', jsonb_build_array((1000 + n)::text)), '{}' FROM generate_series(1, 10001) AS n`);
    await relay.poll();
    expect(await read(1, true)).toEqual({ name: 'v1', tier: undefined });
  });

  it('goes back with a Redis that goes back to older data', async () => {
    const { instance, foreignWrite } = await given(false);
    const { relay, read, redis: connection } = await instance();
    await relay.poll();
    await relay.poll();
    await read(1);
    const dump = async (key: string) => String(await connection?.run((client) => client.get(key)));
    const [checkpoint, record] = [await dump('app:{outbox}'), await dump('app:c:users.byId:j1')];
    await foreignWrite('v2');
    await relay.poll();
    expect((await read(1, true)).name).toBe('v2');
    // As a file of a moment ago restores them together: the record, the checkpoint, and no report of a later change.
    await connection?.run(async (client) => client.del(await client.keys('app:{outbox}:*')));
    const expiration = { type: 'PX', value: 50_000 } as const;
    await connection?.run((client) => client.set('app:c:users.byId:j1', record, { expiration }));
    expect(await read(1, true)).toEqual({ name: 'v1', tier: 'l2' });
    await connection?.run((client) => client.set('app:{outbox}', checkpoint));
    await relay.poll();
    expect((await read(1, true)).name).toBe('v2');
  });
});
