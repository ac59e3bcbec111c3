import { CacheRegistry } from '@nuthatch/cache';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../../../apps/api/src/database/database.js';
import { eventually } from '../../support/eventually.js';
import { cacheEnvironment, databases, type RunningApi, startListening } from '../support/running-api.js';

describe.each(databases)('a change of another program in $database', ({ environment }) => {
  let api: RunningApi;
  beforeAll(async () => {
    api = await startListening({ ...(await environment()), ...cacheEnvironment() });
  });
  // The other program names nothing: the triggers do.
  afterEach(() => void api.forgotten());
  afterAll(() => api.stop());

  /** Runs SQL past the services, as another program does. */
  const foreign = (text: string) => api.app.get(Database).write((db) => sql.raw(text).execute(db));
  const create = async (name: string, email: string) =>
    (await api.send('POST', '/users', { body: { name, email } })).body.id;

  it('is visible in the user, under its old and its new address, and in the lists', async () => {
    const id = await create('Ada', 'ada@example.org');
    const read = async (path: string) => {
      const { status, body } = await api.send('GET', path);
      return status === 200 ? (body.data ?? [body]).map((user: { name: string }) => user.name) : status;
    };
    const paths = [
      `/users/${id}`,
      '/users/lookup?email=ADA@example.org',
      '/users/lookup?email=new@example.org',
      '/users',
    ];
    const all = () => Promise.all(paths.map(read));
    expect(await all()).toEqual([['Ada'], ['Ada'], 404, ['Ada']]);
    await foreign(
      `update users set name = 'Augusta', email = 'NEW@example.org', version = version + 1 where id = '${id}'`,
    );
    await eventually(async () => expect(await all()).toEqual([['Augusta'], 404, ['Augusta'], ['Augusta']]));
    await foreign('truncate users cascade');
    await eventually(async () => expect(await all()).toEqual([404, 404, 404, []]));
  });

  it('is visible in the orders of a user', async () => {
    const id = await create('Ann', 'ann@example.org');
    const { body: order } = await api.send('POST', `/users/${id}/orders`, { body: { amount: 5, currency: 'EUR' } });
    const read = async () => {
      const { body } = await api.send('GET', `/users/${id}/orders`);
      return [body.user.name, body.data[0].status, (await api.send('GET', `/orders/${order.id}`)).body.status];
    };
    expect(await read()).toEqual(['Ann', 'open', 'open']);
    await foreign(`update orders set status = 'paid', version = version + 1 where id = '${order.id}'`);
    await foreign(`update users set name = 'Anna', version = version + 1 where id = '${id}'`);
    await eventually(async () => expect(await read()).toEqual(['Anna', 'paid', 'paid']));
  });

  it('does not cost a write through the API its value: the write passes its token', async () => {
    const id = await create('Eve', 'eve@example.org');
    await api.send('PATCH', `/users/${id}`, { body: { name: 'Eva' } });
    const lastToken = async () => {
      const last = sql<{ token: string | null }>`select token from cache_outbox order by id desc limit 1`;
      return (await api.app.get(Database).read((db) => last.execute(db))).rows[0]?.token;
    };
    const ofStatement = await lastToken();
    expect(ofStatement).toMatch(/^[0-9a-f]{16}$/);
    const { outbox } = api.app.get(CacheRegistry);
    expect(outbox).toMatchObject({ lastError: undefined });
    const { text } = await api.send('GET', `/users/${id}`);
    expect(JSON.parse(text)).not.toHaveProperty('nuthatch_token');
    const polled = outbox?.lagMs;
    await eventually(() => expect(api.app.get(CacheRegistry).outbox?.lagMs).not.toBe(polled));
    expect((await api.send('GET', `/users/${id}`)).headers.get('cache-status')).toMatch(/^nuthatch; hit/);
    const { body: order } = await api.send('POST', `/users/${id}/orders`, { body: { amount: 5, currency: 'EUR' } });
    const ofInsert = await lastToken();
    await api.send('PATCH', `/orders/${order.id}`, { body: { status: 'paid' } });
    const tokens = [ofStatement, ofInsert, await lastToken()];
    expect(tokens).toEqual(tokens.map(() => expect.stringMatching(/^[0-9a-f]{16}$/)));
    expect(new Set(tokens).size).toBe(3);
  });
});
