import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { sql } from 'kysely';
import { Client } from 'pg';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { Database } from '../../../apps/api/src/database/database.js';
import { eventually } from '../../support/eventually.js';
import { freePort } from '../../support/free-port.js';
import { createDatabase, startPostgres } from '../../support/postgres-server.js';
import { type Answer, type RunningApi, startApi } from '../support/running-api.js';

describe('while the database is away', () => {
  let api: RunningApi | undefined;
  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    await api?.stop();
    await Promise.all(opened.splice(0).map((each) => each.close()));
  });

  it('starts, and answers 503 with Retry-After', async () => {
    api = await startApi({ DATABASE_URL: `postgres://u:secret@127.0.0.1:${await freePort()}/db` });
    const database = api.app.get(Database);
    expect(database.schemaReady).toBe(false);
    await expect(database.ping()).rejects.toBeInstanceOf(Error);
    for (const [method, body] of [
      ['GET', undefined],
      ['POST', { name: 'a', email: 'a@example.org' }],
    ] as const) {
      const answer = await api.send(method, '/users', body && { body });
      expect(answer).toMatchObject({ status: 503, body: { code: 'origin-unavailable' } });
      expect(answer.headers.get('retry-after')).toBe('5');
      expect(answer.text).not.toMatch(/secret|127\.0\.0\.1|ECONN/);
    }
  });

  it('serves as soon as the database is there', async () => {
    const server = inject('postgresUrl');
    const name = `late_${randomBytes(6).toString('hex')}`;
    api = await startApi({ DATABASE_URL: Object.assign(new URL(server), { pathname: name }).href });
    const running = api;
    expect((await running.send('GET', '/users')).status).toBe(503);
    await query(server, `create database ${name}`);
    await eventually(async () => expect((await running.send('GET', '/users')).status).toBe(200), { within: 15_000 });
    expect(running.app.get(Database).schemaReady).toBe(true);
  });

  it('answers 503 while the database has not the schema it needs', async () => {
    const url = await createDatabase(inject('postgresUrl'));
    await query(url, 'create table users (somebody_elses text)');
    api = await startApi({ DATABASE_URL: url });
    const database = api.app.get(Database);
    expect(await api.send('GET', '/users')).toMatchObject({ status: 503, body: { code: 'origin-unavailable' } });
    expect(database.schemaReady).toBe(false);
    await expect(database.ping()).resolves.toBeUndefined();
  });

  it('survives connections that the server breaks', async () => {
    const url = await createDatabase(inject('postgresUrl'));
    api = await startApi({ DATABASE_URL: url });
    expect((await api.send('GET', '/users')).status).toBe(200);
    await query(
      inject('postgresUrl'),
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${new URL(url).pathname.slice(1)}'`,
    );
    const running = api;
    await eventually(async () => expect((await running.send('GET', '/users')).status).toBe(200));
  });

  it('answers 503 when the server is gone, and keeps running', async () => {
    const postgres = await startPostgres();
    api = await startApi({ DATABASE_URL: await postgres.createDatabase() });
    const database = api.app.get(Database);
    await expect(database.ping()).resolves.toBeUndefined();
    await postgres.kill();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect(await api.send('GET', '/users')).toMatchObject({ status: 503, body: { code: 'origin-unavailable' } });
    }
    await expect(database.ping()).rejects.toBeInstanceOf(Error);
    expect(database.schemaReady).toBe(true);
  });

  it('answers 503 to a write that waits when the server goes, and keeps running', async () => {
    const postgres = await startPostgres();
    const url = await postgres.createDatabase();
    api = await startApi({ DATABASE_URL: url });
    const { path, etag } = await givenUser(api);
    const other = new Client({ connectionString: url }).on('error', () => undefined);
    await other.connect();
    await other.query('begin');
    await other.query('select from users for update');
    const waiting = api.send('PATCH', path, renamed(etag));
    await eventually(async () => {
      const { rows } = await other.query("select from pg_stat_activity where wait_event_type = 'Lock'");
      expect(rows).toHaveLength(1);
    });
    await postgres.kill();
    expect(await waiting).toMatchObject({ status: 503, body: { code: 'origin-unavailable' } });
    expect(await api.send('GET', '/users')).toMatchObject({ status: 503, body: { code: 'origin-unavailable' } });
  });

  it('takes a write back that the network kept for too long, and does not use its connection again', async () => {
    const url = new URL(await createDatabase(inject('postgresUrl')));
    const network = await startNetwork(Number(url.port));
    opened.push(network);
    api = await startApi({ DATABASE_URL: Object.assign(new URL(url), { port: String(network.port) }).href });
    await givenUser(api);
    // A POST is one statement: a PATCH would fail at its read, before it sends the write.
    const create = (): Promise<Answer> | undefined =>
      api?.send('POST', '/users', { body: { name: 'Bea', email: 'bea@example.org' } });
    network.hold();
    expect(await create()).toMatchObject({ status: 503, body: { code: 'origin-unavailable' } });
    network.heal();
    expect((await api.send('GET', '/users')).body.data).toMatchObject([{ name: 'Ann', version: 1 }]);
    expect(await create()).toMatchObject({ status: 201, body: { version: 1 } });
  });

  it('serves what it holds, by id, by ids and by address, when the server is gone', async () => {
    const postgres = await startPostgres();
    api = await startApi({ DATABASE_URL: await postgres.createDatabase() });
    const email = 'ann@example.org';
    const { body: ann } = await api.send('POST', '/users', { body: { name: 'Ann', email } });
    await api.send('GET', `/users/lookup?email=${email}`);
    await api.send('GET', '/users/stats');
    await postgres.kill();
    for (const path of [
      `/users/${ann.id}`,
      `/users/batch?ids=${ann.id}`,
      `/users/lookup?email=${email}`,
      '/users/stats',
    ]) {
      expect((await api.send('GET', path)).status).toBe(200);
    }
    const unknown = '01890a5d-ac96-774b-bcce-b302099a8057';
    for (const search of [`batch?ids=${ann.id},${unknown}`, 'lookup?email=nobody@example.org']) {
      const answer = await api.send('GET', `/users/${search}`);
      expect(answer).toMatchObject({ status: 503, body: { code: 'origin-unavailable' } });
    }
  });

  it('starts on a schema that a newer release has brought further', async () => {
    const url = await createDatabase(inject('postgresUrl'));
    const newer = await startApi({ DATABASE_URL: url });
    await newer.stop();
    await query(url, `insert into kysely_migration values ('9999-next-release', now()::text)`);
    api = await startApi({ DATABASE_URL: url });
    expect(api.app.get(Database).schemaReady).toBe(true);
    expect((await api.send('GET', '/users')).status).toBe(200);
  });

  it('knows that the database is there while every statement waits', async () => {
    api = await startApi({ DATABASE_URL: await createDatabase(inject('postgresUrl')) });
    const database = api.app.get(Database);
    const waiting = Array.from({ length: 11 }, () => database.run((db) => sql`select pg_sleep(1.5)`.execute(db)));
    await expect(database.ping()).resolves.toBeUndefined();
    await Promise.all(waiting);
  });

  it('is migrated once when four instances start at the same time', async () => {
    const url = await createDatabase(inject('postgresUrl'));
    const apis = await Promise.all([1, 2, 3, 4].map(() => startApi({ DATABASE_URL: url })));
    for (const each of apis) {
      await eventually(() => expect(each.app.get(Database).schemaReady).toBe(true), { within: 15_000 });
    }
    const statuses = await Promise.all(apis.map(async (each) => (await each.send('GET', '/users')).status));
    await Promise.all(apis.map((each) => each.stop()));
    expect(statuses).toEqual([200, 200, 200, 200]);
  });
});

async function query(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}

async function givenUser(api: RunningApi) {
  const { body, headers } = await api.send('POST', '/users', { body: { name: 'Ann', email: 'ann@example.org' } });
  return { path: `/users/${body.id}`, etag: headers.get('etag') ?? '' };
}

const renamed = (etag: string) => ({ body: { name: 'Anna' }, headers: { 'if-match': etag } });

/** A way to the server that can hold what is sent, for as long as its sender keeps sending it: a reset is the end of that. */
async function startNetwork(serverPort: number) {
  let holding = false;
  const wires = new Set<() => void>();
  const network = createServer((client) => {
    const server = connect(serverPort, '127.0.0.1');
    let held: Buffer[] = [];
    const flow = () => {
      if (holding) return;
      for (const bytes of held.splice(0)) server.write(bytes);
      if (client.closed) server.end();
    };
    wires.add(flow);
    server.on('data', (bytes) => client.write(bytes)).on('error', () => client.destroy());
    client.on('data', (bytes) => {
      held.push(bytes);
      flow();
    });
    client.on('error', () => {
      held = [];
    });
    client.on('close', flow);
  });
  network.listen(0, '127.0.0.1');
  await once(network, 'listening');
  const address = network.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    hold: () => {
      holding = true;
    },
    heal: () => {
      holding = false;
      for (const flow of wires) flow();
    },
    close: async () => {
      network.close();
      await once(network, 'close');
    },
  };
}
