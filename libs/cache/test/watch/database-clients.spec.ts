import { Kysely, PostgresDialect, sql } from 'kysely';
import { Client, Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { CacheRegistry, defineCache } from '../../src/index.js';
import { givenRuntime } from '../../src/testing/given-runtime.js';
import { InvalidationWatcher, watching } from '../../src/testing/kysely.js';
import { watchQueries } from '../../src/testing/pg.js';
import { createDatabase } from '../../../../test/support/postgres-server.js';

interface Schema {
  users: { id: number; name: string };
}

const userById = defineCache<string, number>('users.byId', {
  key: {
    '~standard': {
      validate: (value) => (typeof value === 'number' ? { value } : { issues: [{ message: 'a number' }] }),
    },
  },
  ttl: '30s',
});

/** The same statements, as each client of a database writes them. */
interface Users {
  find(id: number): Promise<string | undefined>;
  rename(id: number, name: string): Promise<unknown>;
  /** Renames by a statement that begins as a read. */
  renameInSelect(id: number, name: string): Promise<unknown>;
  renameInTransaction(id: number, name: string): Promise<unknown>;
}

type Queries = Pick<Pool, 'query'>;

let pool: Pool;
beforeAll(async () => {
  pool = new Pool({ connectionString: await createDatabase(inject('postgresUrl')) });
  await pool.query('create table users (id integer primary key, name text not null)');
});
afterAll(() => pool.end());

function withKysely(watcher: InvalidationWatcher): Users {
  // The pool of the test ends by itself.
  const dialect = new PostgresDialect({ pool });
  const db = new Kysely<Schema>({ dialect, plugins: [watching(watcher)] });
  const rename = (id: number, name: string, on: Kysely<Schema> = db) =>
    on.updateTable('users').set({ name }).where('id', '=', id).execute();
  return {
    find: async (id) =>
      (await db.selectFrom('users').select(['id', 'name']).where('id', '=', id).executeTakeFirst())?.name,
    rename,
    renameInSelect: (id, name) =>
      db
        .with('renamed', (cte) => cte.updateTable('users').set({ name }).where('id', '=', id).returningAll())
        .selectFrom('renamed')
        .selectAll()
        .execute(),
    renameInTransaction: (id, name) =>
      db.transaction().execute(async (trx) => {
        await sql`select 1`.execute(trx);
        await rename(id, name, trx);
      }),
  };
}

function withPg(queries: Queries, connect: <T>(work: (client: Queries) => Promise<T>) => Promise<T>): Users {
  const update = 'update users set name = $1 where id = $2';
  return {
    find: async (id) =>
      (await queries.query<{ name: string }>('select * from users where id = $1', [id])).rows[0]?.name,
    rename: (id, name) => queries.query({ text: update, values: [name, id] }),
    renameInSelect: (id, name) =>
      queries.query(`with renamed as (${update} returning *) select * from renamed`, [name, id]),
    renameInTransaction: (id, name) =>
      connect(async (client) => {
        await client.query('begin; select 1');
        await client.query(update, [name, id]);
        await client.query('commit');
      }),
  };
}

describe.each(['kysely', 'a pool of pg', 'a client of pg'])('the watcher of %s', (client) => {
  let watcher: InvalidationWatcher;
  let users: Users;
  const ends: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    watcher = new InvalidationWatcher({ caches: { userById } });
    await pool.query('truncate users');
    await pool.query("insert into users values (1, 'Ada'), (2, 'Bob')");
    users = await open();
  });
  afterEach(async () => {
    watcher.close();
    await Promise.all(ends.splice(0).map((end) => end()));
  });

  async function open(): Promise<Users> {
    if (client === 'kysely') return withKysely(watcher);
    const { connectionString } = pool.options;
    if (client === 'a client of pg') {
      const one = new Client({ connectionString });
      await one.connect();
      ends.push(() => one.end());
      watchQueries(watcher, one);
      return withPg(one, (work) => work(one));
    }
    const watched = new Pool({ connectionString });
    ends.push(() => watched.end());
    watchQueries(watcher, watched);
    return withPg(watched, async (work) => {
      const one = await watched.connect();
      return work(one).finally(() => one.release());
    });
  }

  it.each(['rename', 'renameInSelect', 'renameInTransaction'] as const)(
    'finds the forgotten entry of %s',
    async (how) => {
      const caches = new CacheRegistry(givenRuntime().runtime);
      const cache = caches.create(userById);
      for (const id of [1, 2]) await cache.readThrough(id, () => users.find(id));
      await caches.write(async (tx) => {
        await users[how](1, 'Ann');
        await tx.invalidate(userById, 1);
      });
      watcher.check();
      await caches.write(async () => users[how](2, 'Ben'));
      expect(() => watcher.check()).toThrow(/\(id 2\)[^]*\n {2}await tx\.invalidate\(userById, 2\);$/);
      expect(await users.find(2)).toBe('Ben');
    },
  );

  it('passes errors and results through', async () => {
    expect(await users.find(1)).toBe('Ada');
    // PostgreSQL has no text with this character.
    await expect(users.rename(1, '\0')).rejects.toMatchObject({ code: '22021' });
  });
});
