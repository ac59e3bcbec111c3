import { PGlite } from '@electric-sql/pglite';
import fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { CacheRegistry } from '../../src/core/cache-registry.js';
import { KeyResolver } from '../../src/core/store/key-resolver.js';
import { RedisKeys } from '../../src/core/store/redis-keys.js';
import { outboxMigration } from '../../src/outbox/migration/migration.js';
import { ChangeNames } from '../../src/outbox/relay/change-names.js';
import type { SqlClient } from '../../src/outbox/sql-client.js';
import { givenRuntime } from '../../src/testing/given-runtime.js';
import { givenDatabase, outboxOf } from './given-outbox.js';

const folded = z.string().overwrite((text) => text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase()));
const byId = defineCache<object, number>('users.byId', {
  key: z.int(),
  ttl: '1m',
  from: { table: 'users', key: 'id' },
});
const byEmail = defineCache<object>('users.byEmail', {
  key: folded,
  ttl: '1m',
  from: { table: 'users', key: 'email' },
});
const page = defineCache<object>('users.page', {
  ttl: '1m',
  tags: () => ['users'],
  from: { table: 'users', tags: ['users', 'team.{team}'] },
});
const stats = defineCache<object>('users.stats', { ttl: '1m', from: { table: 'users' } });
const orders = defineCache<object, number>('orders.byId', {
  key: z.int(),
  ttl: '1m',
  from: { table: 'orders', key: 'id' },
});
const caches = [byId, byEmail, page, stats, orders];

const USERS = 'CREATE TABLE users (id int PRIMARY KEY, email text, team int)';
const ORDERS = 'CREATE TABLE orders (id int PRIMARY KEY, user_id int REFERENCES users ON DELETE CASCADE)';
const NO_CHANGE = { keys: {}, tags: [] };
const ALL = { 'users.byId': null, 'users.byEmail': null, 'users.page': null, 'users.stats': null };

describe.each(['PostgreSQL', 'PGlite'])('the triggers in %s', (engine) => {
  // A new PGlite takes seconds, so its tests share one.
  let pglite: PGlite | undefined;
  beforeAll(async () => {
    if (engine === 'PGlite') pglite = await PGlite.create('memory://');
  });
  afterAll(() => pglite?.close());

  async function given(): Promise<(text: string) => Promise<unknown>> {
    const { client } = await givenClient();
    return (text) => client.query(text, []);
  }

  async function givenClient(): Promise<{ readonly client: SqlClient }> {
    if (!pglite) return { client: (await givenDatabase([USERS, ORDERS], caches)).pool };
    const empty = ['DROP SCHEMA public CASCADE', 'CREATE SCHEMA public'];
    for (const statement of [...empty, USERS, ORDERS, ...outboxMigration(caches).up]) await pglite.query(statement);
    return { client: pglite };
  }

  async function changesOf(...statements: readonly string[]) {
    const { client } = await givenClient();
    const [last = '', ...before] = statements.toReversed();
    for (const statement of before.toReversed()) await client.query(statement, []);
    await client.query('TRUNCATE cache_outbox', []);
    await client.query(last, []);
    return outboxOf(client);
  }

  it('add one row per statement, with the keys and tags of all its rows', async () => {
    expect(await changesOf("INSERT INTO users VALUES (1, 'A@x', 7), (2, 'b@x', 7)")).toEqual([
      {
        keys: { 'users.byId': ['1', '2'], 'users.byEmail': ['A@x', 'b@x'], 'users.stats': null },
        tags: ['users', 'team.7'],
        token: null,
      },
    ]);
  });

  it('name the old and the new values of an update', async () => {
    const changed = await changesOf(
      "INSERT INTO users VALUES (1, 'a@x', 7)",
      "UPDATE users SET email = 'b@x', team = 8",
    );
    expect(changed).toMatchObject([
      { keys: { 'users.byId': ['1'], 'users.byEmail': ['a@x', 'b@x'] }, tags: ['users', 'team.7', 'team.8'] },
    ]);
  });

  it('name the old values of a delete, and those of a cascade', async () => {
    const insert = "INSERT INTO users VALUES (1, 'a@x', 7)";
    const changed = await changesOf(insert, 'INSERT INTO orders VALUES (5, 1), (6, 1)', 'DELETE FROM users');
    const keys = changed.map((change) => change.keys);
    expect(keys).toContainEqual(expect.objectContaining({ 'users.byId': ['1'] }));
    expect(keys).toContainEqual({ 'orders.byId': ['5', '6'] });
  });

  it('add nothing for a statement that changes no row', async () => {
    expect(await changesOf('UPDATE users SET team = 1')).toEqual([]);
  });

  it('name whole caches for a TRUNCATE', async () => {
    expect(await changesOf('TRUNCATE users CASCADE')).toEqual(
      expect.arrayContaining([{ keys: ALL, tags: ['users'], token: null }]),
    );
  });

  const insert = (count: number) => `INSERT INTO users SELECT n, n || '@x', n FROM generate_series(1, ${count}) AS n`;

  it.each([
    ['an INSERT', 500, (count: number) => [insert(count)]],
    ['a DELETE', 500, (count: number) => [insert(count), 'DELETE FROM users']],
    ['an UPDATE of other columns', 500, (count: number) => [insert(count), 'UPDATE users SET id = id']],
    ['an UPDATE of a key', 500, (count: number) => [insert(count), 'UPDATE users SET email = upper(email)']],
  ])('name the rows of %s up to %i one by one, and whole caches for one row more', async (_, most, statements) => {
    const [few] = await changesOf(...statements(most));
    expect(few?.keys['users.byId']).toHaveLength(most);
    expect(few?.tags).toHaveLength(most + 1);
    expect(await changesOf(...statements(most + 1))).toEqual([{ keys: ALL, tags: ['users'], token: null }]);
  });

  it('follow an INSERT … ON CONFLICT that inserts one row and updates another', async () => {
    const changed = await changesOf(
      "INSERT INTO users VALUES (1, 'a@x', 7)",
      "INSERT INTO users VALUES (1, 'b@x', 7), (2, 'c@x', 7) ON CONFLICT (id) DO UPDATE SET email = excluded.email",
    );
    const emails = changed.flatMap(({ keys }) => keys['users.byEmail'] ?? []);
    expect(new Set(emails)).toEqual(new Set(['a@x', 'b@x', 'c@x']));
  });

  it('carry the token of the write, which ends with its transaction', async () => {
    const { client } = await givenClient();
    await client.query(
      "INSERT INTO users VALUES (1, 'a@x', 7) RETURNING set_config('nuthatch.token', '0123', true)",
      [],
    );
    await client.query('UPDATE users SET team = 8', []);
    expect((await outboxOf(client)).map(({ token }) => token)).toEqual(['0123', null]);
  });

  it('ignore a row without a value in the column of a key or of a tag', async () => {
    const [change = NO_CHANGE] = await changesOf('INSERT INTO users VALUES (1, NULL, NULL)');
    const { runtime } = givenRuntime();
    const registry = new CacheRegistry(runtime);
    caches.forEach((definition) => registry.register(definition));
    const { recordKeys, tags } = new ChangeNames(registry, runtime.keys, expect.fail).of(change);
    expect(recordKeys).toEqual(['n:c:users.byId:j1']);
    expect(tags).toEqual(['n:t:susers', 'n:all:users.stats']);
  });

  it('name exactly the records that the caches name, whatever the text', async () => {
    const { client } = await givenClient();
    const { runtime } = givenRuntime();
    const registry = new CacheRegistry(runtime);
    caches.forEach((definition) => registry.register(definition));
    const names = new ChangeNames(registry, runtime.keys, expect.fail);
    const keys = new RedisKeys('n');
    const resolvers = { byId: new KeyResolver(byId, keys), byEmail: new KeyResolver(byEmail, keys) };
    // PostgreSQL stores no NUL.
    const text = fc.string({ unit: 'binary', maxLength: 300 }).map((any) => any.replaceAll('\0', ''));
    const row = fc.record({
      id: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      email: text,
      team: fc.integer({ min: 0, max: 9 }),
    });
    await fc.assert(
      fc.asyncProperty(row, async ({ id, email, team }) => {
        await client.query('TRUNCATE users, cache_outbox CASCADE', []);
        await client.query('DELETE FROM cache_outbox', []);
        await client.query('INSERT INTO users VALUES ($1, $2, $3)', [String(id), email, String(team)]);
        const [change = NO_CHANGE] = await outboxOf(client);
        const { recordKeys, tags } = names.of(change);
        expect(recordKeys.toSorted()).toEqual(
          [resolvers.byId.resolveOrThrow(id), resolvers.byEmail.resolveOrThrow(email)]
            .map(({ record }) => record.key)
            .toSorted(),
        );
        expect(tags).toEqual([keys.tag('users'), keys.tag(`team.${team}`), keys.cacheTag('users.stats')]);
      }),
      { numRuns: 100 },
    );
  });

  it('are created again by the same migration, and removed by its reverse', async () => {
    const query = await given();
    const { up, down } = outboxMigration(caches);
    for (const statement of [...up, ...down]) await query(statement);
    await query("INSERT INTO users VALUES (1, 'a@x', 7)");
    await expect(query('SELECT FROM cache_outbox')).rejects.toThrow('does not exist');
  });

  it.each([
    ['a time', 'timestamptz', 'timestamp with time zone'],
    ['a padded text', 'char(9)', 'character'],
    ['a float', 'float8', 'double precision'],
  ])('refuse %s as a key, whose text in SQL is another than in JavaScript', async (_, type, name) => {
    const query = await given();
    await query(`CREATE TABLE odd (id ${type})`);
    const odd = defineCache<object>('odd', { ttl: '1m', from: { table: 'odd', key: 'id' } });
    const migrate = async () => {
      for (const statement of outboxMigration([odd]).up) await query(statement);
    };
    await expect(migrate()).rejects.toThrow(`cache_outbox: "odd".id is ${name}`);
  });

  it('refuse a column that is not there', async () => {
    const query = await given();
    const odd = defineCache<object>('odd', { ttl: '1m', from: { table: 'users', key: 'nickname' } });
    const migrate = async () => {
      for (const statement of outboxMigration([odd]).up) await query(statement);
    };
    await expect(migrate()).rejects.toThrow('"users".nickname is no column');
  });
});

describe('the triggers', () => {
  /** Connects a program that may change users and has no rights on the outbox. It owns the schema `own`. */
  async function givenWriter() {
    const { url, pool } = await givenDatabase([USERS, ORDERS], caches);
    const role = `writer_${Math.random().toString(36).slice(2)}`;
    await pool.query(`CREATE ROLE ${role} LOGIN`);
    onTestFinished(async () => {
      // The roles belong to the server, which other tests use.
      const admin = new Client({ connectionString: url });
      await admin.connect();
      await admin.query(`DROP OWNED BY ${role} CASCADE`);
      await admin.query(`DROP ROLE ${role}`);
      await admin.end();
    });
    await pool.query(`GRANT SELECT, INSERT, UPDATE ON users TO ${role}`);
    await pool.query(`CREATE SCHEMA own AUTHORIZATION ${role}`);
    const address = new URL(url);
    address.username = role;
    const writer = new Client({ connectionString: address.href });
    await writer.connect();
    onTestFinished(() => writer.end());
    return { pool, writer };
  }

  it('follow COPY, and a program that has no rights on the outbox and another search path', async () => {
    const { pool, writer } = await givenWriter();
    await writer.query('SET search_path = pg_catalog');
    // A server has no file of the client, so COPY reads what a program prints.
    await expect(writer.query('SELECT FROM public.cache_outbox')).rejects.toThrow('permission denied');
    await writer.query("INSERT INTO public.users VALUES (1, 'a@x', 7)");
    await writer.query('UPDATE public.users SET team = 8');
    await pool.query('COPY users FROM PROGRAM \'printf "2\\tb@x\\t7\\n"\'');
    const changed = await outboxOf(pool);
    expect(changed.map(({ keys }) => keys['users.byId'])).toEqual([['1'], ['1'], ['2']]);
  });

  it('run nothing of the program with the rights of their owner', async () => {
    const { pool, writer } = await givenWriter();
    await writer.query('SET search_path = own, pg_catalog');
    const traps = [
      ...['=', '<=', '>'].flatMap((sign) => ['text', 'bigint'].map((type) => ({ sign, type, returns: 'boolean' }))),
      { sign: '||', type: 'text', returns: 'text' },
      { sign: '||', type: 'text[]', returns: 'text[]' },
    ];
    const body = `LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''trapped''; END'`;
    for (const [place, { sign, type, returns }] of traps.entries()) {
      await writer.query(`CREATE FUNCTION trap${place}(${type}, ${type}) RETURNS ${returns} ${body}`);
      await writer.query(`CREATE OPERATOR ${sign} (LEFTARG = ${type}, RIGHTARG = ${type}, FUNCTION = trap${place})`);
    }
    await writer.query(`CREATE FUNCTION jsonb_build_object(text, text[]) RETURNS jsonb ${body}`);
    await expect(writer.query("SELECT 'a'::text || 'b'::text")).rejects.toThrow('trapped');
    await writer.query("INSERT INTO public.users VALUES (1, 'a@x', 7)");
    await writer.query('UPDATE public.users SET team = 8');
    expect(await outboxOf(pool)).toHaveLength(2);
  });
});
