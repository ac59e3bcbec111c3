import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { OutboxTable, type Position } from '../../src/outbox/relay/outbox-table.js';
import { Retention } from '../../src/outbox/relay/retention.js';
import { ManualClock } from '../../src/testing/manual-clock.js';
import { givenDatabase } from './given-outbox.js';

/** `OUTBOX_COMMITS=100000` is the long form. */
const COMMITS = Number(process.env['OUTBOX_COMMITS'] ?? 5_000);
const WRITERS = 16;
const rows = defineCache<object>('rows', { ttl: '1m', from: { table: 'rows', key: 'id' } });
const TABLE = 'CREATE TABLE rows (id bigint PRIMARY KEY)';

describe(OutboxTable.name, () => {
  it(
    `returns each of ${COMMITS} changes, whose transactions overlap in any order`,
    { timeout: 60_000 + COMMITS * 5 },
    async () => {
      const { url, pool } = await givenDatabase([TABLE], [rows]);
      const writers = new Pool({ connectionString: url, max: WRITERS });
      onTestFinished(() => writers.end());
      const table = new OutboxTable(pool, 'public');
      const seen = new Map<string, number>();
      let position = await table.now();
      const end = new AbortController();
      const follow = async (): Promise<void> => {
        do {
          const from: Position = position;
          for (let page = await table.read(from, from), first = page; ;) {
            for (const { keys } of page.changes)
              for (const key of keys['rows'] ?? []) seen.set(key ?? '', (seen.get(key ?? '') ?? 0) + 1);
            position = first.position;
            if (page.changes.length < 2_000) break;
            page = await table.read(from, from, page.changes.at(-1));
          }
        } while (!end.signal.aborted);
      };
      let next = 0;
      const write = async (): Promise<void> => {
        while (next < COMMITS) {
          next += 1;
          const id = next;
          const client = await writers.connect();
          // Transactions take their ids early and commit in another order.
          await client.query('BEGIN');
          await client.query('INSERT INTO rows VALUES ($1)', [id]);
          if (id % 7 === 0) await pause(Math.random() * 20);
          await client.query('COMMIT');
          client.release();
        }
      };
      const following = follow();
      await Promise.all(Array.from({ length: WRITERS }, write));
      end.abort();
      await following;
      // Commits after the start of the last read.
      const last = await table.read(position, position);
      for (const { keys } of last.changes) for (const key of keys['rows'] ?? []) seen.set(key ?? '', 1);
      const missed = Array.from({ length: COMMITS }, (_, index) => String(index + 1)).filter((id) => !seen.has(id));
      expect(missed).toEqual([]);
      // Pages after the first may repeat a change, and here there is one page at a time.
      expect([...seen.values()].filter((times) => times > 1)).toEqual([]);
    },
  );

  it('returns a change with a lower id that is committed later', async () => {
    const { pool } = await givenDatabase([TABLE], [rows]);
    const table = new OutboxTable(pool, 'public');
    const start = await table.now();
    const slow = await pool.connect();
    await slow.query('BEGIN');
    await slow.query('INSERT INTO rows VALUES (1)');
    await pool.query('INSERT INTO rows VALUES (2)');
    const first = await table.read(start, start);
    await slow.query('COMMIT');
    slow.release();
    const second = await table.read(first.position, first.position);
    const keysOf = (page: typeof first) => page.changes.map(({ keys }) => keys['rows']);
    expect([keysOf(first), keysOf(second)]).toEqual([[['2']], [['1']]]);
  });

  it('returns each change of many pages once, in the order of their transactions', async () => {
    const { pool } = await givenDatabase([TABLE], [rows]);
    const table = new OutboxTable(pool, 'public');
    const start = await table.now();
    const add = "INSERT INTO cache_outbox (keys, tags) SELECT '{}', '{}' FROM generate_series(1, $1)";
    for (const count of [1, 8, 2_000, 2_500]) await pool.query(add, [count]);
    const ids: string[] = [];
    for (let page = await table.read(start, start); page.changes.length > 0;) {
      ids.push(...page.changes.map(({ id }) => id));
      page = await table.read(start, start, page.changes.at(-1));
    }
    expect(ids).toEqual(Array.from({ length: 4_509 }, (_, index) => String(index + 1)));
  });

  it('returns what the older of two positions has not seen', async () => {
    const { pool } = await givenDatabase([TABLE], [rows]);
    const table = new OutboxTable(pool, 'public');
    const older = await table.now();
    await pool.query('INSERT INTO rows VALUES (1)');
    const newer = await table.now();
    expect((await table.read(older, newer)).changes).toHaveLength(1);
    expect((await table.read(newer, older)).changes).toHaveLength(1);
    expect((await table.read(newer, newer)).changes).toHaveLength(0);
  });
});

describe(Retention.name, () => {
  it('deletes what was visible before the time of retention, and a change of a long transaction only later', async () => {
    const { pool } = await givenDatabase([TABLE], [rows]);
    const table = new OutboxTable(pool, 'public');
    const retention = new Retention(table, new ManualClock(), () => 200);
    const slow = await pool.connect();
    await slow.query('BEGIN');
    await slow.query('INSERT INTO rows VALUES (1)');
    await pool.query('INSERT INTO rows VALUES (2)');
    await retention.run();
    await slow.query('COMMIT');
    slow.release();
    await pause(250);
    await retention.run();
    const { rows: left } = await pool.query("SELECT keys->'rows'->>0 AS id FROM cache_outbox");
    expect(left).toEqual([{ id: '1' }]);
    await pause(250);
    await retention.run();
    expect((await pool.query('SELECT FROM cache_outbox')).rowCount).toBe(0);
  });

  it('deletes in portions, and leaves the work to the instance that does it already', async () => {
    const { pool } = await givenDatabase([TABLE], [rows]);
    const table = new OutboxTable(pool, 'public');
    await pool.query("INSERT INTO cache_outbox (keys, tags) SELECT '{}', '{}' FROM generate_series(1, 7000)");
    const now = await table.now();
    const other = await pool.connect();
    await other.query('BEGIN');
    await other.query('SELECT pg_advisory_xact_lock(7309453671105413217)');
    expect(await table.delete(now)).toBe(0);
    await other.query('ROLLBACK');
    other.release();
    expect([await table.delete(now), await table.delete(now), await table.delete(now)]).toEqual([5_000, 2_000, 0]);
  });
});
