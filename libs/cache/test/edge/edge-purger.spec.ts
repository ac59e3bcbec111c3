import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { eventually } from '../../../../test/support/eventually.js';
import { ManualClock } from '../../src/testing/manual-clock.js';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { EdgeCursor } from '../../src/edge/edge-cursor.js';
import { edgeMigration } from '../../src/edge/edge-migration.js';
import { EdgePurger } from '../../src/edge/edge-purger.js';
import { ChangeNames } from '../../src/outbox/relay/change-names.js';
import { OutboxTable } from '../../src/outbox/relay/outbox-table.js';
import type { SqlClient } from '../../src/outbox/sql-client.js';
import { givenDatabase, givenFollower } from '../outbox/given-outbox.js';

const userById = defineCache<string, number>('users.byId', {
  key: z.int(),
  ttl: '1m',
  from: { table: 'users', key: 'id' },
});
const userNames = defineCache<readonly string[]>('users.names', {
  ttl: '1m',
  tags: () => ['users'],
  from: { table: 'users', tags: ['users'] },
});
const caches = [userById, userNames];
const TABLES = [
  'CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL)',
  "INSERT INTO users SELECT n, 'v1' FROM generate_series(1, 100) AS n",
];

async function given() {
  const { pool } = await givenDatabase(TABLES, caches);
  const query = (text: string) => pool.query(text);
  for (const statement of edgeMigration().up) await query(statement);

  const instance = async (id: string) => {
    const { runtime, registry, warnings, warn } = await givenFollower(pool, null, { caches, polls: false });
    const clock = new ManualClock();
    const cdn = { purges: [] as (readonly string[])[], refuses: false };
    const database = { isDown: false };
    const client: SqlClient = {
      query: async (text, params) => {
        if (database.isDown) throw new Error('The database is down.');
        return pool.query(text, params);
      },
    };
    const purger = new EdgePurger(
      { ...runtime, clock, warn },
      {
        table: new OutboxTable(client, 'public'),
        cursor: new EdgeCursor(client, 'public', 'app', id),
        changes: new ChangeNames(registry, runtime.keys, warn),
        cdn: {
          purge: async (names) => {
            if (cdn.refuses) throw new Error('The CDN refuses.');
            cdn.purges.push(names);
          },
        },
        nameOf: (recordKey) => recordKey,
        intervalMs: 0,
      },
    );
    /** Polls once, after this time. */
    const poll = async (afterMs = 500): Promise<void> => {
      clock.advance(afterMs);
      await purger.poll();
    };
    /** Polls until this was purged, and returns it. */
    const purged = (names: readonly string[]): Promise<void> =>
      eventually(async () => {
        await poll();
        expect(cdn.purges.flat()).toEqual(expect.arrayContaining([...names]));
      });
    return { purger, cdn, database, runtime, warnings, poll, purged };
  };

  /** Ends the purge of everything, with which the first instance begins. */
  const begun = async (id: string) => {
    const first = await instance(id);
    await first.purged(['app:all']);
    await first.poll(20_000);
    await eventually(async () => {
      await first.poll();
      expect(first.cdn.purges.length).toBeGreaterThan(1);
    });
    await first.poll();
    first.cdn.purges.length = 0;
    first.warnings.length = 0;
    return first;
  };
  const change = (id = 7) => query(`UPDATE users SET name = name || '+' WHERE id = ${id}`);
  return { query, instance, begun, change };
}

const CHANGE_OF_7 = ['app:c:users.byId:j7', 'app:t:susers'];

describe(EdgePurger, () => {
  it('purges the record and the tags that a change of another program names', async () => {
    const { begun, change } = await given();
    const { purged, cdn } = await begun('a');
    await change();
    await purged(CHANGE_OF_7);
    expect(new Set(cdn.purges.flat())).toEqual(new Set(CHANGE_OF_7));
  });

  it('purges what a row names that was added to the outbox by hand', async () => {
    const { begun, query } = await given();
    const { purged, cdn } = await begun('a');
    await query(`INSERT INTO cache_outbox (keys, tags) VALUES ('{"users.byId": ["7"]}', '{users}')`);
    await purged(CHANGE_OF_7);
    await query(`INSERT INTO cache_outbox (keys, tags) VALUES ('{"users.byId": null}', '{}')`);
    await purged(['app:all:users.byId']);
    expect(cdn.purges.flat()).not.toContain('app:all');
  });

  it('purges every answer at first, because changes from before are unknown, and says so', async () => {
    const { instance } = await given();
    const { purged, warnings, cdn } = await instance('a');
    await purged(['app:all']);
    expect(cdn.purges[0]).toEqual(['app:all']);
    expect(warnings).toEqual(['The CDN is purged of every answer, because no position of an earlier purge is stored.']);
  });

  it('repeats a purge with growing pauses until it is acknowledged, and reports the lag and the reason', async () => {
    const { begun, change } = await given();
    const { purged, cdn, poll, runtime, warnings } = await begun('a');
    cdn.refuses = true;
    await change();
    await eventually(async () => {
      await poll();
      expect(runtime.edge.state?.lastError).toBe('The CDN refuses.');
    });
    for (let polls = 0; polls < 5; polls += 1) await poll(30_000);
    expect(warnings).toEqual([expect.stringMatching(/^The CDN was not purged: The CDN refuses\./)]);
    const appliedAt = runtime.edge.appliedAt ?? 0;
    cdn.refuses = false;
    await purged(CHANGE_OF_7);
    await poll();
    expect(runtime.edge.appliedAt).toBeGreaterThan(appliedAt);
    expect(runtime.edge.state?.lastError).toBeUndefined();
  });

  it('is behind while a later round is refused', async () => {
    const { begun, change } = await given();
    const { purged, cdn, poll, runtime, warnings } = await begun('a');
    await change();
    await purged(CHANGE_OF_7);
    cdn.refuses = true;
    await eventually(async () => {
      await poll();
      expect(runtime.edge.state?.lastError).toBe('The CDN refuses.');
    });
    const appliedAt = runtime.edge.appliedAt;
    for (let polls = 0; polls < 5; polls += 1) await poll(30_000);
    expect([runtime.edge.appliedAt, warnings.length]).toEqual([appliedAt, 1]);
  });

  it('purges again what it has seen although the database is down', async () => {
    const { begun, change } = await given();
    const { purged, cdn, database } = await begun('a');
    await change();
    await purged(CHANGE_OF_7);
    cdn.purges.length = 0;
    database.isDown = true;
    await purged(CHANGE_OF_7);
    expect(new Set(cdn.purges.flat())).toEqual(new Set(CHANGE_OF_7));
  });

  it('loses no change with an instance: the next one purges what was not acknowledged', async () => {
    const { begun, instance, change } = await given();
    const first = await begun('a');
    first.cdn.refuses = true;
    await change();
    await first.poll();
    await first.poll();
    await first.purger.stop();
    const second = await instance('b');
    await second.purged(CHANGE_OF_7);
    expect([second.cdn.purges.flat().includes('app:all'), second.warnings]).toEqual([false, []]);
  });

  it('purges again what the last instance had not purged in every round', async () => {
    const { begun, instance, change } = await given();
    const first = await begun('a');
    await change();
    await first.purged(CHANGE_OF_7);
    await first.purger.stop();
    const second = await instance('b');
    await second.purged(CHANGE_OF_7);
    expect(second.cdn.purges.flat()).not.toContain('app:all');
  });

  it('purges in one instance at a time, and in another one once the lease of the first has ended', async () => {
    const { begun, instance, change, query } = await given();
    const first = await begun('a');
    const second = await instance('b');
    await change();
    await second.poll();
    await first.purged(CHANGE_OF_7);
    await second.poll();
    expect(second.cdn.purges).toEqual([]);
    expect(second.runtime.edge.state?.lastError).toBeUndefined();
    // The first instance dies, and two seconds pass.
    await query('UPDATE cache_edge SET held_until = clock_timestamp()');
    await second.purged(CHANGE_OF_7);
    first.cdn.purges.length = 0;
    await change(8);
    await first.poll();
    await first.poll();
    await second.purged(['app:c:users.byId:j8']);
    expect(first.cdn.purges).toEqual([]);
  });

  it('purges every answer if the changes since the last purge are no longer retained', async () => {
    const { begun, instance, query } = await given();
    const first = await begun('a');
    await first.purger.stop();
    await query("UPDATE cache_edge SET position = '0 ' || split_part(position, ' ', 2)");
    const second = await instance('b');
    await second.purged(['app:all']);
    expect(second.warnings).toEqual([
      'The CDN is purged of every answer, because the changes since the last purge are no longer retained.',
    ]);
  });

  it('purges every answer if the database has fewer transactions than at the last purge', async () => {
    const { begun, instance, query } = await given();
    const first = await begun('a');
    await first.purger.stop();
    await query("UPDATE cache_edge SET position = split_part(position, ' ', 1) || ' 900000000:900000000:'");
    const second = await instance('b');
    await second.purged(['app:all']);
    expect(second.warnings).toEqual([expect.stringMatching(/the database was restored, or is another one\.$/)]);
  });

  it('names the statements to run, once, if its table is missing', async () => {
    const { instance, query } = await given();
    await query('DROP TABLE cache_edge');
    const { poll, warnings } = await instance('a');
    await poll();
    await poll();
    expect(warnings).toEqual([expect.stringMatching(/"public\.cache_edge" does not exist.*edgeMigration\(\)/)]);
  });
});
