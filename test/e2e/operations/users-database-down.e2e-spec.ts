import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { sql } from 'kysely';
import { Client } from 'pg';
import { describe, expect, inject, it, type TestContext } from 'vitest';
import { Database } from '../../../apps/api/src/database/database.js';
import { eventually } from '../../support/eventually.js';
import { freePort } from '../../support/free-port.js';
import { createDatabase, query, startPostgres } from '../../support/postgres-server.js';
import { type Answer, type RunningApi, startApi } from '../support/running-api.js';

type OnTestFinished = TestContext['onTestFinished'];

/** Starts the API for one test. */
async function givenApi(onTestFinished: OnTestFinished, url: string): Promise<RunningApi> {
  const api = await startApi({ DATABASE_URL: url });
  onTestFinished(() => api.stop());
  return api;
}

/** Each test has a database of its own, and mostly waits for a time limit. */
describe.concurrent('while the database is down', () => {
  it('the API starts, and answers 503 with Retry-After', async ({ onTestFinished }) => {
    const api = await givenApi(onTestFinished, `postgres://u:secret@127.0.0.1:${await freePort()}/db`);
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

  it('the API serves requests as soon as the database is up', async ({ onTestFinished }) => {
    const server = inject('postgresUrl');
    const name = `late_${randomBytes(6).toString('hex')}`;
    const api = await givenApi(onTestFinished, Object.assign(new URL(server), { pathname: name }).href);
    expect((await api.send('GET', '/users')).status).toBe(503);
    await query(server, `create database ${name}`);
    await eventually(async () => expect((await api.send('GET', '/users')).status).toBe(200), { within: 15_000 });
    expect(api.app.get(Database).schemaReady).toBe(true);
  });

  it('the API answers 503 until the database has the right schema', async ({ onTestFinished }) => {
    const url = await createDatabase(inject('postgresUrl'));
    await query(url, 'create table users (foreign_column text)');
    const api = await givenApi(onTestFinished, url);
    const database = api.app.get(Database);
    expect(await api.send('GET', '/users')).toMatchObject({ status: 503, body: { code: 'origin-unavailable' } });
    expect(database.schemaReady).toBe(false);
    await expect(database.ping()).resolves.toBeUndefined();
  });

  it('the API survives connections that the server terminates', async ({ onTestFinished }) => {
    const url = await createDatabase(inject('postgresUrl'));
    const api = await givenApi(onTestFinished, url);
    expect((await api.send('GET', '/users')).status).toBe(200);
    await query(
      inject('postgresUrl'),
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${new URL(url).pathname.slice(1)}'`,
    );
    await eventually(async () => expect((await api.send('GET', '/users')).status).toBe(200));
  });

  it('the API answers 503 after a crash of the server, and keeps running', async ({ onTestFinished }) => {
    const postgres = await startPostgres();
    const api = await givenApi(onTestFinished, await postgres.createDatabase());
    const database = api.app.get(Database);
    await expect(database.ping()).resolves.toBeUndefined();
    await postgres.kill();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect(await api.send('GET', '/users')).toMatchObject({ status: 503, body: { code: 'origin-unavailable' } });
    }
    await expect(database.ping()).rejects.toBeInstanceOf(Error);
    expect(database.schemaReady).toBe(true);
  });

  it('the API answers 503 to a write that waits for a lock when the server crashes, and keeps running', async ({
    onTestFinished,
  }) => {
    const postgres = await startPostgres();
    const url = await postgres.createDatabase();
    const api = await givenApi(onTestFinished, url);
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

  it('the API rolls back a write that the network delayed too long, and discards its connection', async ({
    onTestFinished,
  }) => {
    const url = new URL(await createDatabase(inject('postgresUrl')));
    const network = await startNetwork(Number(url.port));
    onTestFinished(() => network.close());
    const api = await givenApi(onTestFinished, Object.assign(new URL(url), { port: String(network.port) }).href);
    await givenUser(api);
    // A POST is one statement: a PATCH would fail at its read, before it sends the write.
    const create = (): Promise<Answer> =>
      api.send('POST', '/users', { body: { name: 'Bea', email: 'bea@example.org' } });
    network.hold();
    expect(await create()).toMatchObject({ status: 503, body: { code: 'origin-unavailable' } });
    network.heal();
    expect((await api.send('GET', '/users')).body.data).toMatchObject([{ name: 'Ann', version: 1 }]);
    expect(await create()).toMatchObject({ status: 201, body: { version: 1 } });
  });

  it('the API serves cached users by id, by ids and by address', async ({ onTestFinished }) => {
    const postgres = await startPostgres();
    const api = await givenApi(onTestFinished, await postgres.createDatabase());
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
    for (const search of [`batch?ids=${ann.id},${unknown}`, 'lookup?email=unknown@example.org']) {
      const answer = await api.send('GET', `/users/${search}`);
      expect(answer).toMatchObject({ status: 503, body: { code: 'origin-unavailable' } });
    }
  });

  it('the API starts on the schema of a newer release', async ({ onTestFinished }) => {
    const url = await createDatabase(inject('postgresUrl'));
    const newer = await startApi({ DATABASE_URL: url });
    await newer.stop();
    await query(url, `insert into kysely_migration values ('9999-next-release', now()::text)`);
    const api = await givenApi(onTestFinished, url);
    expect(api.app.get(Database).schemaReady).toBe(true);
    expect((await api.send('GET', '/users')).status).toBe(200);
  });

  it('the probe reaches the database while every connection of the pool is busy', async ({ onTestFinished }) => {
    const api = await givenApi(onTestFinished, await createDatabase(inject('postgresUrl')));
    const database = api.app.get(Database);
    const waiting = Array.from({ length: 11 }, () => database.read((db) => sql`select pg_sleep(1.5)`.execute(db)));
    await expect(database.ping()).resolves.toBeUndefined();
    await Promise.all(waiting);
  });

  it('four instances that start at the same time migrate the schema once', async () => {
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

async function givenUser(api: RunningApi) {
  const { body, headers } = await api.send('POST', '/users', { body: { name: 'Ann', email: 'ann@example.org' } });
  return { path: `/users/${body.id}`, etag: headers.get('etag') ?? '' };
}

const renamed = (etag: string) => ({ body: { name: 'Anna' }, headers: { 'if-match': etag } });

/** Starts a proxy to the server that can hold the bytes of clients. Bytes whose client resets the connection are dropped. */
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
