import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { Database } from '../../../apps/api/src/database/database.js';
import { openPostgres } from '../../../apps/api/src/database/postgres/postgres.js';
import { eventually } from '../../support/eventually.js';
import { createDatabase, query } from '../../support/postgres-server.js';
import { startTransactionPooler } from '../../support/transaction-pooler.js';
import { type RunningApi, startApi } from '../support/running-api.js';

describe('behind a pooler of transactions', () => {
  let api: RunningApi | undefined;
  let pooler: Awaited<ReturnType<typeof startTransactionPooler>>;
  let url: string;

  beforeEach(async () => {
    url = await createDatabase(inject('postgresUrl'));
    const database = new URL(url).pathname.slice(1);
    for (const setting of ["datestyle = 'German'", "default_transaction_isolation = 'repeatable read'"])
      await query(url, `alter database ${database} set ${setting}`);
    pooler = await startTransactionPooler(url);
  });

  afterEach(async () => {
    await api?.stop();
    await pooler.close();
  });

  async function startReady(): Promise<RunningApi> {
    const started = await startApi({ DATABASE_URL: pooler.url });
    const database = started.app.get(Database);
    await eventually(() => expect(database.schemaReady).toBe(true), { within: 15_000 });
    return started;
  }

  it('the probes are green and requests succeed', async () => {
    api = await startReady();
    for (const path of ['/health/started', '/health/ready', '/users?limit=1'])
      expect([path, (await api.send('GET', path)).status]).toEqual([path, 200]);
    const created = await api.send('POST', '/users', { body: { name: 'Ann', email: 'ann@example.org' } });
    expect(created.status).toBe(201);
    const headers = { 'if-match': created.headers.get('etag') ?? '' };
    const path = `/users/${created.body.id}`;
    expect((await api.send('PATCH', path, { body: { name: 'Anna' }, headers })).body).toMatchObject({ version: 2 });
    const order = await api.send('POST', `${path}/orders`, { body: { amount: 5, currency: 'EUR' } });
    expect(order.status).toBe(201);
  });

  it('each statement has its limit, and leaves no setting to the next client', async () => {
    api = await startReady();
    const timeout = sql<{ statement_timeout: string }>`show statement_timeout`;
    const inside = await api.app.get(Database).read((db) => timeout.execute(db));
    expect(inside.rows).toEqual([{ statement_timeout: '4s' }]);
    for (let connection = 0; connection < 5; connection += 1)
      expect(await query(pooler.url, 'show statement_timeout')).toEqual([{ statement_timeout: '0' }]);
  });

  it('the doctor names the pooler, and no pooler where there is none', async () => {
    const secret = 'reader-secret-0123456789';
    const tokens = { ADMIN_TOKENS: `reader:read:${secret}` };
    const advised = async ({ send }: RunningApi) =>
      (await send('GET', '/admin/cache/doctor', { headers: { authorization: `Bearer ${secret}` } })).text;
    api = await startApi({ DATABASE_URL: pooler.url, ...tokens });
    await api.send('GET', '/users?limit=1');
    expect(await advised(api)).toContain('A pooler such as PgBouncer is in front of PostgreSQL');
    await api.stop();
    api = await startApi({ DATABASE_URL: url, ...tokens });
    await api.send('GET', '/users?limit=1');
    expect(await advised(api)).not.toContain('pooler');
  });

  it('one of four instances migrates the schema', async () => {
    const engines = [1, 2, 3, 4].map(() => openPostgres(pooler.url));
    const migrated = await Promise.all(engines.map((engine) => engine.migrate()));
    await Promise.all(engines.map((engine) => engine.close()));
    expect(migrated.filter((names) => names.length > 0)).toEqual([expect.arrayContaining(['0001-users'])]);
  });

  it('a migration that fails names the reason, and leaves no lock and no table', async () => {
    await query(url, 'create table orders (foreign_column text)');
    const engine = openPostgres(pooler.url);
    await expect(engine.migrate()).rejects.toThrow('relation "orders" already exists');
    await engine.close();
    const ours = '(select oid from pg_database where datname = current_database())';
    expect(await query(url, `select from pg_locks where locktype = 'advisory' and database = ${ours}`)).toEqual([]);
    expect(await query(url, "select from pg_tables where tablename = 'users'")).toEqual([]);
  });

  it('the instance is not ready if the pooler refuses a parameter of the URL', async () => {
    api = await startApi({ DATABASE_URL: `${pooler.url}?options=-c%20geqo%3Doff` });
    for (const path of ['/health/started', '/health/ready']) expect((await api.send('GET', path)).status).toBe(503);
    const { body } = await api.send('GET', '/health');
    expect(body.details.database).toMatchObject({ connected: false, lastError: '08P01' });
    await expect(api.app.get(Database).ping()).rejects.toThrow('unsupported startup parameter: options');
  });
});
