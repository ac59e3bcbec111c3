import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { Database } from '../../../apps/api/src/database/database.js';
import { eventually } from '../../support/eventually.js';
import { createDatabase, query } from '../../support/postgres-server.js';
import { type RunningApi, startApi } from '../support/running-api.js';

describe('the connections to the database', () => {
  let api: RunningApi;
  let url: string;
  let name: string;

  // Without the polls of the outbox, which may find a refused connection before the request of a test does.
  const start = async () => {
    api = await startApi({ DATABASE_URL: url, CACHE_OUTBOX: 'false' });
  };
  const create = (email: string) => api.send('POST', '/users', { body: { name: 'Ann', email } });
  /** Reads pages that no cache has, so that the pool opens all its connections. */
  const fillPool = () =>
    Promise.all(Array.from({ length: 12 }, (_, page) => api.send('GET', `/users?limit=${page + 1}`)));

  beforeEach(async () => {
    url = await createDatabase(inject('postgresUrl'));
    name = new URL(url).pathname.slice(1);
  });
  afterEach(() => api.stop());

  it('have formats of their own, whichever the database has', async () => {
    for (const setting of ["datestyle = 'German'", "intervalstyle = 'iso_8601'", "timezone = 'Asia/Kathmandu'"])
      await query(url, `alter database ${name} set ${setting}`);
    await start();
    const before = Date.now() - 60_000;
    const created = await create('ann@example.org');
    expect(created.status).toBe(201);
    expect(Date.parse(created.body.createdAt)).toBeGreaterThan(before);
    expect(await api.send('GET', '/users')).toMatchObject({ status: 200, body: { data: [{ name: 'Ann' }] } });
    expect((await api.send('GET', '/health/ready')).status).toBe(200);
  });

  it('leave the pool when they only read, so that writes succeed after a failover', async () => {
    await start();
    await query(url, `alter database ${name} set default_transaction_read_only = on`);
    await query(
      inject('postgresUrl'),
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
    );
    await eventually(async () => {
      await api.app.get(Database).ping();
      expect(api.app.get(Database).readOnly).toBe(true);
    });
    await eventually(async () =>
      expect(await api.send('GET', '/health/ready')).toMatchObject({
        status: 200,
        body: { status: 'degraded', details: { database: { connected: true, readOnly: true } } },
      }),
    );
    await fillPool();
    await query(inject('postgresUrl'), `alter database ${name} reset default_transaction_read_only`);
    const statuses: number[] = [];
    while (statuses.at(-1) !== 201 && statuses.length < 10) statuses.push((await create('ann@example.org')).status);
    expect(statuses).toEqual([503, 201]);
    await eventually(async () => expect((await api.send('GET', '/health/ready')).body.status).toBe('ok'));
  });

  it('leave the pool when the probe finds that the server accepts writes again', async () => {
    await start();
    const database = api.app.get(Database);
    await query(url, `alter database ${name} set default_transaction_read_only = on`);
    await query(
      inject('postgresUrl'),
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
    );
    await eventually(async () => expect((await api.send('GET', '/users')).status).toBe(200));
    // The first 503 makes new connections, which only read too. The next ones do not connect again and again.
    const processes = new Set<number>();
    for (const email of ['a@example.org', 'b@example.org', 'c@example.org']) {
      expect((await create(email)).status).toBe(503);
      const { rows } = await database.read((db) => sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db));
      for (const { pid } of rows) processes.add(pid);
    }
    expect(processes.size).toBe(1);
    await eventually(async () => {
      await database.ping();
      expect(database.readOnly).toBe(true);
    });
    await query(inject('postgresUrl'), `alter database ${name} reset default_transaction_read_only`);
    await database.ping();
    expect(database.readOnly).toBe(false);
    expect((await create('ann@example.org')).status).toBe(201);
  });

  it('leave the pool when their role is gone, and another one has its name', async () => {
    const role = `role_${randomBytes(6).toString('hex')}`;
    const owner = url;
    const grant = () => query(owner, `grant select, insert, update on all tables in schema public to ${role}`);
    await startApi({ DATABASE_URL: owner }).then((migrated) => migrated.stop());
    await query(owner, `create role ${role} login`);
    url = Object.assign(new URL(owner), { username: role }).href;
    await start();
    expect(await api.send('GET', '/health/ready')).toMatchObject({
      status: 503,
      body: { error: { startup: { waitingFor: ['schema'] } } },
    });
    await grant();
    await eventually(() => expect(api.app.get(Database).schemaReady).toBe(true), { within: 10_000 });
    await fillPool();
    await query(owner, `drop owned by ${role}`);
    await query(owner, `drop role ${role}`);
    await query(owner, `create role ${role} login`);
    await grant();
    const statuses: number[] = [];
    while (statuses.at(-1) !== 201 && statuses.length < 10) statuses.push((await create('ann@example.org')).status);
    await api.stop();
    await query(owner, `drop owned by ${role}`);
    await query(owner, `drop role ${role}`);
    expect(statuses).toEqual([503, 201]);
  });

  it.each(['repeatable read', 'serializable'])('repeat what another transaction has overtaken at %s', async (level) => {
    await query(url, `alter database ${name} set default_transaction_isolation = '${level}'`);
    await start();
    const { body } = await create('ann@example.org');
    const other = new Client({ connectionString: url });
    await other.connect();
    await other.query('begin');
    await other.query("update users set name = 'Bea', version = version + 1");
    const waiting = api.send('PATCH', `/users/${body.id}`, { body: { name: 'Cleo' } });
    await eventually(async () => {
      const { rows } = await other.query(
        "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
      );
      expect(rows).toHaveLength(1);
    });
    await other.query('commit');
    await other.end();
    expect(await waiting).toMatchObject({ status: 200, body: { name: 'Cleo', version: 3 } });
  });
});
