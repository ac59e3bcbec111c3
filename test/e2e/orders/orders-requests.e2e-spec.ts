import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Order } from '../../../apps/api/src/orders/order.js';
import { OrdersRepository } from '../../../apps/api/src/orders/orders.repository.js';
import { orderTag } from '../support/entity-tags.js';
import {
  cacheEnvironment,
  databases,
  newDatabase,
  type RunningApi,
  startApi,
  startListening,
} from '../support/running-api.js';

const unknownId = '01890a5d-ac96-774b-bcce-b302099a8057';
const details = { amount: 1999, currency: 'EUR' };
let people = 0;
const someone = () => ({ name: 'Ada Lovelace', email: `ada${(people += 1)}@example.org` });

describe.each(databases)('requests for orders on $database', ({ environment }) => {
  let api: RunningApi;
  const user = async () => (await api.send('POST', '/users', { body: someone() })).body;
  const order = async (userId: string, body: unknown = details) =>
    api.send('POST', `/users/${userId}/orders`, { body });
  const pointers = ({ errors }: { errors: readonly { pointer: string }[] }) => errors.map(({ pointer }) => pointer);

  beforeAll(async () => {
    api = await startApi(await environment());
  });
  afterAll(() => api.stop());

  it('get a 404 for the orders of an unknown or deleted user', async () => {
    const gone = await user();
    const { body: kept } = await order(gone.id);
    await api.send('DELETE', `/users/${gone.id}`);
    for (const id of [unknownId, gone.id]) {
      for (const answer of [await order(id), await api.send('GET', `/users/${id}/orders`)]) {
        expect(answer).toMatchObject({ status: 404, body: { code: 'user-not-found' } });
      }
    }
    expect(await api.send('GET', `/orders/${kept.id}`)).toMatchObject({ status: 200, body: kept });
  });

  it('get a 404 for an unknown or deleted order', async () => {
    const { body } = await order((await user()).id);
    expect(await api.send('DELETE', `/orders/${body.id}`)).toMatchObject({ status: 204, text: '' });
    const patch = { body: { amount: 1 }, headers: { 'if-match': '*' } };
    for (const id of [unknownId, body.id]) {
      for (const answer of [await api.send('DELETE', `/orders/${id}`), await api.send('PATCH', `/orders/${id}`, patch)])
        expect(answer).toMatchObject({ status: 404, body: { code: 'order-not-found' } });
    }
  });

  it('get every problem of their body', async () => {
    const { id } = await user();
    const refused = await order(id, { amount: 19.99, currency: 'euro', status: 'paid' });
    expect([refused.status, pointers(refused.body)]).toEqual([400, ['#/amount', '#/currency', '#/status']]);
    for (const amount of [0, -1, 2_147_483_648, '5', null]) {
      expect(pointers((await order(id, { amount, currency: 'EUR' })).body)).toEqual(['#/amount']);
    }
    const most = { amount: 2_147_483_647, currency: 'JPY' };
    const taken = await order(id, most);
    expect(taken).toMatchObject({ status: 201, body: most });
    const patch = (body: unknown) => api.send('PATCH', `/orders/${taken.body.id}`, { body });
    expect(pointers((await patch({ status: 'lost', currency: null })).body)).toEqual(['#/status', '#/currency']);
    expect((await patch([])).body.errors).toMatchObject([{ pointer: '#', detail: 'Must be a JSON object.' }]);
  });

  it('keep their version after a PATCH without members', async () => {
    const { body } = await order((await user()).id);
    const path = `/orders/${body.id}`;
    const patch = (headers = {}) => api.send('PATCH', path, { body: {}, headers });
    await api.send('GET', path);
    const answer = await patch({ 'if-match': orderTag(1) });
    expect(answer).toMatchObject({ status: 200, body });
    expect(answer.headers.get('etag')).toBe(orderTag(1));
    expect((await api.send('GET', path)).headers.get('x-cache')).toBe('HIT');
    expect(await patch({ 'if-match': orderTag(7) })).toMatchObject({
      status: 412,
      body: { code: 'precondition-failed' },
    });
    await api.send('DELETE', path);
    expect(await patch()).toMatchObject({ status: 404, body: { code: 'order-not-found' } });
  });

  it('get a 400 for an invalid id and for an unknown parameter, also on a hit', async () => {
    const { id } = await user();
    const path = `/users/${id}/orders`;
    await api.send('GET', path);
    for (const query of ['x=1', `userId=${unknownId}`, 'page=1']) {
      expect(await api.send('GET', `${path}?${query}`)).toMatchObject({
        status: 400,
        body: { code: 'unknown-parameter' },
      });
    }
    expect(pointers((await api.send('GET', '/orders/42')).body)).toEqual(['#/id']);
    expect(pointers((await api.send('GET', '/users/42/orders')).body)).toEqual(['#/userId']);
    expect(pointers((await api.send('GET', `${path}?limit=0`)).body)).toEqual(['#/limit']);
  });

  it('get the orders of one user page by page, the oldest first, with a cursor of that user', async () => {
    const [buyer, other] = [await user(), await user()];
    const made = [];
    for (let count = 0; count < 3; count += 1) made.push((await order(buyer.id)).body);
    await order(other.id);
    const path = `/users/${buyer.id}/orders?limit=2`;
    const { body: first } = await api.send('GET', path);
    expect(first).toMatchObject({ user: { id: buyer.id, name: buyer.name }, data: made.slice(0, 2) });
    const cursor = `cursor=${first.page.nextCursor}`;
    const { body: last } = await api.send('GET', `${path}&${cursor}`);
    expect(last).toMatchObject({ data: made.slice(2), page: { limit: 2, nextCursor: null, hasMore: false } });
    const foreign = await api.send('GET', `/users/${other.id}/orders?${cursor}`);
    expect(foreign).toMatchObject({ status: 400, body: { code: 'invalid-cursor' } });
  });

  it.each(['PATCH', 'DELETE'])('change nothing by a %s with another version in If-Match', async (method) => {
    const { body } = await order((await user()).id);
    const change = method === 'PATCH' ? { body: { status: 'paid' } } : {};
    const write = (ifMatch: string) =>
      api.send(method, `/orders/${body.id}`, { ...change, headers: { 'if-match': ifMatch } });
    const refused = await write(orderTag(7));
    expect(refused).toMatchObject({ status: 412, body: { code: 'precondition-failed' } });
    expect(refused.headers.get('etag')).toBe(orderTag(1));
    expect((await api.send('GET', `/orders/${body.id}`)).body).toEqual(body);
    expect([200, 204]).toContain((await write(`${orderTag(7)}, ${orderTag(1)}`)).status);
  });

  it('get the allowed methods of each path', async () => {
    const allowed = async (path: string) => (await api.send('OPTIONS', path)).headers.get('allow');
    expect(await allowed(`/orders/${unknownId}`)).toBe('DELETE, GET, HEAD, OPTIONS, PATCH');
    expect(await allowed(`/users/${unknownId}/orders`)).toBe('GET, HEAD, OPTIONS, POST');
    expect(await api.send('PUT', `/orders/${unknownId}`)).toMatchObject({ status: 405 });
    expect(await api.send('HEAD', `/orders/${unknownId}`)).toMatchObject({ status: 404, text: '' });
  });
});

describe('a write of an order', () => {
  let api: RunningApi;
  beforeAll(async () => {
    api = await startApi(await newDatabase());
  });
  afterAll(() => api.stop());

  it('invalidates the list of its user before it commits and rolls back when that fails', async () => {
    const { body: user } = await api.send('POST', '/users', { body: someone() });
    const { body: order } = await api.send('POST', `/users/${user.id}/orders`, { body: details });
    const orders = api.app.get(OrdersRepository);
    const beforeCommit = async (written: Order) => {
      expect(written).toMatchObject({ id: order.id, userId: user.id, version: 2 });
      expect(await orders.findById(order.id)).toEqual(order);
      throw new Error('The invalidation failed.');
    };
    const terms = { versions: undefined, beforeCommit };
    for (const write of [
      () => orders.update(order.id, { status: 'paid' }, terms),
      () => orders.remove(order.id, terms),
    ]) {
      await expect(write()).rejects.toThrow('The invalidation failed.');
      expect(await orders.findById(order.id)).toEqual(order);
    }
  });
});

describe('the list of the orders of a user under constant reads', () => {
  let api: RunningApi;
  beforeAll(async () => {
    const database = await newDatabase();
    api = await startListening({ ...database, ...cacheEnvironment() });
  });
  afterAll(() => api.stop());

  it('contains every acknowledged write of an order and of the user', async () => {
    const { body: user } = await api.send('POST', '/users', { body: someone() });
    const path = `/users/${user.id}/orders`;
    const { body: order } = await api.send('POST', path, { body: details });
    const writing = { done: false };
    const read = async () => {
      for (; !writing.done;) await api.send('GET', path);
    };
    const readers = [read(), read(), read(), read()];
    for (let turn = 1; turn <= 50; turn += 1) {
      await api.send('PATCH', `/orders/${order.id}`, { body: { amount: turn } });
      expect((await api.send('GET', path)).body.data).toMatchObject([{ amount: turn }]);
      await api.send('PATCH', `/users/${user.id}`, { body: { name: `Ada ${turn}` } });
      expect((await api.send('GET', path)).body).toMatchObject({
        user: { name: `Ada ${turn}` },
        data: [{ amount: turn }],
      });
    }
    writing.done = true;
    await Promise.all(readers);
  });
});
