import type { Pool } from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { eventually } from '../../../../test/support/eventually.js';
import { startRedis } from '../../../../test/support/redis-server.js';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { OutboxTable } from '../../src/outbox/relay/outbox-table.js';
import { Retention } from '../../src/outbox/relay/retention.js';
import type { SqlClient } from '../../src/outbox/sql-client.js';
import { type FaultProxy, startFaultProxy } from '../../src/testing/fault-proxy.js';
import { ManualClock } from '../../src/testing/manual-clock.js';
import { givenDatabase, givenFollower } from './given-outbox.js';

const users = defineCache<string, number>('users', { key: z.int(), ttl: '1m', from: { table: 'users', key: 'id' } });
const TABLES = [
  'CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL)',
  "INSERT INTO users SELECT n, 'v0' FROM generate_series(0, 10) AS n",
];
const MINUTES = 60;
const RETAINED_MINUTES = 15;
const CHANGES_PER_MINUTE = 10;
/** A user that changes once, when the hour begins: its change is deleted before the hour ends. */
const FORGOTTEN = 0;
/** Each change adds a row. */
const RETAINED_ROWS = RETAINED_MINUTES * CHANGES_PER_MINUTE;

/** A client whose database has a clock that the test advances. Its statements read no other clock. */
class DatabaseWithClock implements SqlClient {
  #minutes = 0;

  constructor(private readonly pool: Pool) {}

  advance(minutes: number): void {
    this.#minutes += minutes;
  }

  query(text: string, params: string[]) {
    const now = `(clock_timestamp() + interval '${this.#minutes} minutes')`;
    return this.pool.query(text.replaceAll('clock_timestamp()', now), params);
  }
}

/** Two instances that hold an entry: one that stands still from now on, with its own port of Redis, and one that runs. */
async function givenInstances(portOfDead: (port: number) => Promise<number | null>) {
  const redis = await startRedis();
  onTestFinished(() => redis.kill());
  const { pool } = await givenDatabase(TABLES, [users]);
  const database = new DatabaseWithClock(pool);
  const retentionMs = RETAINED_MINUTES * 60_000;
  const instance = async (port: number | null) => {
    const server = port === null ? null : `redis://127.0.0.1:${port}`;
    const follower = await givenFollower(database, server, { caches: [users], polls: false, retentionMs });
    const cache = follower.registry.find(users);
    const read = (id: number) =>
      cache.readThrough(id, async () => {
        const { rows } = await pool.query('SELECT name FROM users WHERE id = $1', [id]);
        return String(rows[0].name);
      });
    await follower.relay.poll();
    await follower.relay.poll();
    await eventually(async () => {
      await read(FORGOTTEN);
      expect(follower.registry.counters()['users']?.tiers.l1.entries).toBe(1);
    });
    return { ...follower, read };
  };
  const [dead, living] = [await instance(await portOfDead(redis.port)), await instance(redis.port)];
  const retention = new Retention(new OutboxTable(database, 'public'), new ManualClock(), () => retentionMs);
  /** Changes the other users, lets the living instance follow, and deletes old changes. */
  const minute = async (name: string): Promise<void> => {
    database.advance(1);
    for (let id = 1; id <= CHANGES_PER_MINUTE; id += 1)
      await pool.query('UPDATE users SET name = $2 WHERE id = $1', [id, name]);
    await living.relay.poll();
    await retention.run();
  };
  const changeOnce = () => pool.query("UPDATE users SET name = 'changed' WHERE id = $1", [FORGOTTEN]);
  return { pool, dead, living, changeOnce, minute };
}

async function rowsIn(pool: Pool): Promise<number> {
  const { rows } = await pool.query('SELECT count(*)::int AS rows FROM cache_outbox');
  return rows[0].rows;
}

it('an instance that is dead for an hour costs nothing: changes are deleted on time, and nothing waits for it', async () => {
  const started = Promise.withResolvers<FaultProxy>();
  const { pool, dead, living, changeOnce, minute } = await givenInstances(async (port) => {
    started.resolve(await startFaultProxy({ port }));
    return (await started.promise).port;
  });
  const proxy = await started.promise;
  onTestFinished(() => proxy.close());
  proxy.freeze('both');
  const keys = async () => (await living.redis?.run((client) => client.keys('*')))?.toSorted();
  await changeOnce();
  await minute('v1');
  await living.read(1);
  const keysBefore = await keys();
  for (let count = 2; count <= MINUTES; count += 1) {
    await minute(`v${count}`);
    expect(await living.read(1)).toBe(`v${count}`);
    expect(await rowsIn(pool)).toBeLessThanOrEqual(1 + RETAINED_ROWS);
  }
  expect(await rowsIn(pool)).toBe(RETAINED_ROWS);
  // No table, slot or lock of an instance, and no key of Redis that grows.
  const { rows: tables } = await pool.query(
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname",
  );
  expect(tables).toEqual([{ relname: 'cache_outbox' }, { relname: 'users' }]);
  expect((await pool.query('SELECT FROM pg_replication_slots')).rowCount).toBe(0);
  expect((await pool.query("SELECT FROM pg_locks WHERE locktype = 'advisory'")).rowCount).toBe(0);
  expect(await keys()).toEqual(keysBefore);

  proxy.thaw();
  await eventually(async () => {
    await dead.relay.poll();
    expect(dead.runtime.coherence.fresh).toBe(true);
  });
  expect(await dead.read(FORGOTTEN)).toBe('changed');
  expect(dead.warnings).toEqual([]);
});

it('an instance without Redis drops what it holds when it comes back after the time of retention', async () => {
  const { dead, changeOnce, minute } = await givenInstances(async () => null);
  await changeOnce();
  for (let count = 1; count <= MINUTES; count += 1) await minute(`v${count}`);
  // Its own clock has stood still too, so the entry is fresh.
  expect(await dead.read(FORGOTTEN)).toBe('v0');
  await dead.relay.poll();
  expect(await dead.read(FORGOTTEN)).toBe('changed');
});
