import { setTimeout as pause } from 'node:timers/promises';
import { type FaultProxy, startFaultProxy } from '@nuthatch/cache/testing';
import { Client, Pool } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { createDatabase } from '../support/postgres-server.js';
import { createTables, type Instance, startInstance, type User } from './app.js';
import { startVarnish, type Varnish } from './varnish.js';

/** The promise: no answer is older than this after a row was changed, in milliseconds. */
const BOUND_MS = 1_000;

describe('two instances, each behind a Varnish that may keep answers for an hour', () => {
  let pool: Pool;
  /** Another program, which knows nothing of the cache. */
  let psql: Client;
  let instances: readonly Instance[];
  let varnishes: readonly Varnish[];
  /** Between each Varnish and its instance. */
  let ways: readonly FaultProxy[];

  beforeAll(async () => {
    const url = await createDatabase(inject('postgresUrl'));
    pool = new Pool({ connectionString: url, max: 20 });
    psql = new Client({ connectionString: url });
    await psql.connect();
    await createTables(pool);
    const ports = [await freePort(), await freePort()];
    ways = await Promise.all(ports.map((port) => startFaultProxy({ port })));
    varnishes = await Promise.all(ways.map(({ port }) => startVarnish(port)));
    const edges = varnishes.map((varnish) => varnish.url);
    instances = await Promise.all(
      ports.map((port) => startInstance(pool, inject('redisUrl'), { port, namespace: 'edge', edges })),
    );
  });
  afterEach(() => {
    for (const instance of instances) instance.afterRead = async () => {};
    for (const way of ways) way.thaw();
  });
  afterAll(async () => {
    await Promise.all(instances.map((instance) => instance.stop()));
    await Promise.all([...varnishes.map((varnish) => varnish.stop()), ...ways.map((way) => way.close())]);
    await psql.end();
    await pool.end();
  });

  const insert = (id: string): Promise<unknown> => psql.query('INSERT INTO users VALUES ($1, 1)', [id]);
  const update = (id: string): Promise<unknown> =>
    psql.query('UPDATE users SET version = version + 1 WHERE id = $1', [id]);

  async function get(varnish: Varnish | undefined, path: string) {
    const response = await fetch(`${varnish?.url}${path}`);
    const { headers, status } = response;
    return {
      status,
      headers,
      isHit: headers.get('cache-status')?.endsWith('varnish; hit'),
      body: await response.json(),
    };
  }

  async function versionAt(varnish: Varnish | undefined, id: string): Promise<number> {
    const { status, body } = await get(varnish, `/users/${id}`);
    expect(status).toBe(200);
    return (body as User).version;
  }

  /** Waits until a Varnish answers by itself. */
  const kept = (varnish: Varnish | undefined, path: string) =>
    eventually(async () => {
      const answer = await get(varnish, path);
      expect(answer.isHit).toBe(true);
      return answer;
    });

  it('answer from Varnish, and right within a second after another program changed the row', async () => {
    await insert('7');
    for (const varnish of varnishes) {
      await kept(varnish, '/users/7');
      await kept(varnish, '/users/sum');
    }
    await update('7');
    await pause(BOUND_MS);
    for (const varnish of varnishes) {
      expect(await versionAt(varnish, '7')).toBe(2);
      expect((await get(varnish, '/users/sum')).body).toMatchObject({ sum: 2 });
    }
  });

  it('show clients neither the names nor how long Varnish keeps an answer', async () => {
    await insert('headers');
    const { headers } = await kept(varnishes[0], '/users/headers');
    expect(headers.get('cache-control')).toBe('public, no-cache');
    for (const name of ['surrogate-key', 'xkey', 'cdn-cache-control']) expect(headers.has(name)).toBe(false);
  });

  it('answer the revalidation of a browser from Varnish, and a client that has written from an instance', async () => {
    await insert('again');
    const { headers } = await kept(varnishes[0], '/users/again');
    const send = (sent: Readonly<Record<string, string>>): Promise<Response> =>
      fetch(`${varnishes[0]?.url}/users/again`, { headers: sent });
    const revalidated = await send({ 'if-none-match': headers.get('etag') ?? '' });
    expect(revalidated.status).toBe(304);
    expect(revalidated.headers.get('cache-status')).toMatch(/varnish; hit$/);
    for (const sent of [{ 'consistency-token': 'a' }, { cookie: 'consistency-token=a' }]) {
      expect((await send(sent)).headers.get('cache-status')).toMatch(/varnish; fwd=miss$/);
    }
  });

  it('serve no old answer later than a second after its change, under steady writes and reads', async () => {
    const ids = ['a', 'b', 'c'];
    for (const id of ids) await insert(id);
    /** When each version was replaced by the next one. */
    const replaced = new Map<string, number>();
    const end = performance.now() + 10_000;
    const ages: number[] = [];
    let hits = 0;
    const writer = async (): Promise<void> => {
      for (let version = 1; performance.now() < end; version += 1) {
        for (const id of ids) {
          await update(id);
          replaced.set(`${id} ${version}`, performance.now());
        }
        await pause(1_300);
      }
    };
    const reader = async (varnish: Varnish, id: string): Promise<void> => {
      while (performance.now() < end) {
        const asked = performance.now();
        const { body, isHit } = await get(varnish, `/users/${id}`);
        const since = replaced.get(`${id} ${(body as User).version}`);
        if (since !== undefined && since < asked) ages.push(asked - since);
        if (isHit) hits += 1;
        await pause(5);
      }
    };
    await Promise.all([writer(), ...varnishes.flatMap((varnish) => ids.map((id) => reader(varnish, id)))]);
    expect(hits).toBeGreaterThan(500);
    expect(ages.filter((age) => age > BOUND_MS)).toEqual([]);
  });

  it('do not let Varnish keep an answer whose load began before the change and ended long after it', async () => {
    await insert('slow');
    const [instance] = instances;
    const gate = Promise.withResolvers<void>();
    const read = Promise.withResolvers<void>();
    if (instance) {
      instance.afterRead = async () => {
        read.resolve();
        await gate.promise;
      };
    }
    const slow = versionAt(varnishes[0], 'slow');
    await read.promise;
    if (instance) instance.afterRead = async () => {};
    await update('slow');
    await pause(BOUND_MS);
    // Varnish lets this request wait for the answer to the first one.
    const waiting = versionAt(varnishes[0], 'slow');
    await pause(50);
    gate.resolve();
    expect(await slow).toBe(1);
    expect(await waiting).toBe(2);
    expect(await versionAt(varnishes[0], 'slow')).toBe(2);
  });

  it('purge again what was on its way to Varnish during the first purge', async () => {
    await insert('way');
    const [here] = varnishes;
    const [way] = ways;
    way?.freeze('down');
    const read = Promise.withResolvers<void>();
    const [instance] = instances;
    if (instance) instance.afterRead = async () => read.resolve();
    const old = get(here, '/users/way');
    await read.promise;
    await update('way');
    const changedAt = performance.now();
    // The first purge follows within 0.1 s, and the second one 0.6 s after it.
    await pause(300);
    way?.thaw();
    expect((await old).body).toMatchObject({ version: 1 });
    await pause(BOUND_MS - (performance.now() - changedAt));
    expect(await versionAt(here, 'way')).toBe(2);
  });

  it('report how far they have purged, and purge nothing less while a Varnish is down', async () => {
    const lags = (): Promise<readonly number[]> =>
      Promise.all(
        instances.map(async ({ port }) => {
          const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
          return Number(/^cache_edge_lag_seconds (\S+)$/m.exec(metrics)?.[1]);
        }),
      );
    await insert('lag');
    await kept(varnishes[1], '/users/lag');
    await eventually(async () => expect(Math.max(...(await lags()))).toBeLessThan(BOUND_MS / 1_000));
    await varnishes[0]?.stop();
    await update('lag');
    await eventually(async () => expect(Math.max(...(await lags()))).toBeGreaterThan(BOUND_MS / 1_000));
    expect(await versionAt(varnishes[1], 'lag')).toBe(2);
  });
});
