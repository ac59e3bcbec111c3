import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AppProcess, startApp } from '../../support/app-process.js';
import { eventually } from '../../support/eventually.js';
import { orderTag } from '../support/entity-tags.js';
import {
  cacheEnvironment,
  databases,
  newDatabase,
  type RunningApi,
  send,
  startListening,
} from '../support/running-api.js';

const details = { amount: 1999, currency: 'EUR' };
let people = 0;
const someone = () => ({ name: 'Ada Lovelace', email: `ada${(people += 1)}@example.org` });

describe.each(databases)('the orders API on $database', ({ environment }) => {
  let api: RunningApi;
  const user = async () => (await api.send('POST', '/users', { body: someone() })).body;
  const order = async (userId: string) => (await api.send('POST', `/users/${userId}/orders`, { body: details })).body;
  const list = async (userId: string) => {
    const { headers, body } = await api.send('GET', `/users/${userId}/orders`);
    return { cache: headers.get('x-cache'), name: body.user.name, data: body.data };
  };

  beforeAll(async () => {
    api = await startListening({ ...(await environment()), ...cacheEnvironment() });
  });
  afterAll(() => api.stop());

  it('creates an order, returns its Location and answers it from the cache', async () => {
    const { id: userId } = await user();
    const { status, headers, body } = await api.send('POST', `/users/${userId}/orders`, { body: details });
    const { id, createdAt } = body;
    expect(status).toBe(201);
    expect(body).toEqual({ id, userId, status: 'open', ...details, version: 1, createdAt, updatedAt: createdAt });
    expect([headers.get('location'), headers.get('etag')]).toEqual([`/orders/${id}`, orderTag(1)]);
    const found = await api.send('GET', `/orders/${id}`);
    expect(found).toMatchObject({ status: 200, body });
    expect([found.headers.get('x-cache'), found.headers.get('etag')]).toEqual(['HIT', orderTag(1)]);
  });

  it('shows a write in the list of its user and keeps the lists of other users cached', async () => {
    const [one, other] = [await user(), await user()];
    const { id } = await order(one.id);
    await list(other.id);
    expect(await list(one.id)).toMatchObject({ cache: 'MISS', data: [{ id, status: 'open' }] });
    expect(await list(one.id)).toMatchObject({ cache: 'HIT', data: [{ id }] });
    await api.send('PATCH', `/orders/${id}`, { body: { status: 'paid' } });
    expect(await list(one.id)).toMatchObject({ cache: 'MISS', data: [{ id, status: 'paid' }] });
    const next = await order(one.id);
    expect(await list(one.id)).toMatchObject({ cache: 'MISS', data: [{ id }, { id: next.id }] });
    await api.send('DELETE', `/orders/${id}`);
    expect(await list(one.id)).toMatchObject({ cache: 'MISS', data: [{ id: next.id }] });
    expect(await list(other.id)).toMatchObject({ cache: 'HIT', data: [] });
  });

  it('shows the new name of a user at once and answers the list of a deleted user with 404', async () => {
    const { id } = await user();
    await list(id);
    expect(await list(id)).toMatchObject({ cache: 'HIT', name: 'Ada Lovelace' });
    await api.send('PATCH', `/users/${id}`, { body: { name: 'Ada King' } });
    expect(await list(id)).toMatchObject({ cache: 'MISS', name: 'Ada King' });
    await api.send('DELETE', `/users/${id}`);
    expect(await api.send('GET', `/users/${id}/orders`)).toMatchObject({ status: 404 });
  });

  it('lets one of two concurrent writers with the same If-Match change the order', async () => {
    const { id } = await order((await user()).id);
    const headers = { 'if-match': orderTag(1) };
    const patch = (amount: number) => api.send('PATCH', `/orders/${id}`, { body: { amount }, headers });
    const [won, lost] = (await Promise.all([patch(1), patch(2)])).toSorted((a, b) => a.status - b.status);
    expect(won).toMatchObject({ status: 200, body: { version: 2 } });
    expect(lost).toMatchObject({ status: 412, body: { code: 'precondition-failed' } });
    expect((await api.send('GET', `/orders/${id}`)).body).toEqual(won?.body);
  });

  it('caches the 404 of an absent order', async () => {
    const { id } = await order((await user()).id);
    await api.send('DELETE', `/orders/${id}`);
    const answers = [await api.send('GET', `/orders/${id}`), await api.send('GET', `/orders/${id}`)];
    for (const answer of answers) expect(answer).toMatchObject({ status: 404, body: { code: 'order-not-found' } });
    expect(answers[1]?.headers.get('cache-status')).toMatch(/detail=negative$/);
  });
});

describe('orders in two processes', () => {
  let writer: AppProcess;
  let reader: AppProcess;

  beforeAll(async () => {
    const environment = { ...(await newDatabase()), ...cacheEnvironment() };
    [writer, reader] = await Promise.all([startApp(environment), startApp(environment)]);
  });
  afterAll(() => Promise.all([writer.stop(), reader.stop()]));

  it('show a write of one process in the other after its invalidation message', async () => {
    const { body: user } = await send('POST', `${writer.url}/users`, { body: someone() });
    const { body: order } = await send('POST', `${writer.url}/users/${user.id}/orders`, { body: details });
    const read = async () => {
      const one = await send('GET', `${reader.url}/orders/${order.id}`);
      const list = await send('GET', `${reader.url}/users/${user.id}/orders`);
      const fromMemory = [one, list].every(({ headers }) => headers.get('cache-status')?.endsWith('detail=l1'));
      return { fromMemory, status: one.body.status, listed: list.body.data[0].status, name: list.body.user.name };
    };
    const before = { fromMemory: true, status: 'open', listed: 'open', name: user.name };
    await eventually(async () => expect(await read()).toEqual(before));

    await send('PATCH', `${writer.url}/orders/${order.id}`, { body: { status: 'paid' } });
    // At most 1 s, the bound for a lost message.
    await eventually(async () => expect(await read()).toMatchObject({ status: 'paid', listed: 'paid' }), {
      within: 1_000,
    });
    await send('PATCH', `${writer.url}/users/${user.id}`, { body: { name: 'Ada King' } });
    await eventually(async () => expect(await read()).toMatchObject({ name: 'Ada King' }), { within: 1_000 });
  });
});
