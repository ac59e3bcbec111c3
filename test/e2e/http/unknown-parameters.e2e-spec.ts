import { CacheRegistry } from '@nuthatch/cache';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newDatabase, type RunningApi, startApi } from '../support/running-api.js';

describe('an unknown query parameter', () => {
  let api: RunningApi;
  let userId: string;
  let orderId: string;
  beforeAll(async () => {
    api = await startApi(await newDatabase());
    userId = (await api.send('POST', '/users', { body: { name: 'Ada', email: 'ada@example.org' } })).body.id;
    const order = { body: { amount: 1, currency: 'EUR' } };
    orderId = (await api.send('POST', `/users/${userId}/orders`, order)).body.id;
  });
  afterAll(() => api.stop());

  it.each([
    ['GET', '/users'],
    ['GET', '/users/batch?ids={user}'],
    ['GET', '/users/lookup?email=ada@example.org'],
    ['GET', '/users/stats'],
    ['GET', '/users/{user}'],
    ['HEAD', '/users/{user}'],
    ['GET', '/users/01890a5d-ac96-774b-bcce-b302099a8057'],
    ['POST', '/users'],
    ['PUT', '/users/{user}'],
    ['PATCH', '/users/{user}'],
    ['DELETE', '/users/{user}'],
    ['GET', '/users/{user}/orders'],
    ['POST', '/users/{user}/orders'],
    ['GET', '/orders/{order}'],
    ['PATCH', '/orders/{order}'],
    ['DELETE', '/orders/{order}'],
    ['GET', '/problems/validation'],
  ])('is refused by %s %s before the cache is read, also on a hit', async (method, template) => {
    const path = template.replace('{user}', userId).replace('{order}', orderId);
    if (method === 'GET') await api.send('GET', path);
    const before = api.app.get(CacheRegistry).counters();
    for (const query of ['x=1', '__proto__=1', 'constructor=1', 'x', '=']) {
      const { status, headers, body } = await api.send(method, `${path}${path.includes('?') ? '&' : '?'}${query}`, {
        ...(!['GET', 'HEAD'].includes(method) && { body: { name: 'Eve' } }),
      });
      expect([status, headers.get('cache-status')]).toEqual([400, null]);
      const errors = [{ pointer: `#/${query.split('=')[0]}`, code: 'unknown-parameter' }];
      // The answer to HEAD has no body.
      expect(body ?? { code: 'unknown-parameter', errors }).toMatchObject({ code: 'unknown-parameter', errors });
    }
    expect(api.app.get(CacheRegistry).counters()).toEqual(before);
  });

  it('prevents the write of its request', async () => {
    expect((await api.send('GET', `/users/${userId}`)).body).toMatchObject({ name: 'Ada', version: 1 });
    expect((await api.send('GET', '/users')).body.data).toHaveLength(1);
    expect((await api.send('GET', `/orders/${orderId}`)).body).toMatchObject({ version: 1 });
  });

  it('is listed with the others, up to a hundred', async () => {
    const { body } = await api.send(
      'GET',
      `/users/${userId}?${Array.from({ length: 1_000 }, (_, at) => `x${at}`).join('&')}`,
    );
    expect(body.code).toBe('unknown-parameter');
    expect(body.errors).toHaveLength(101);
  });

  it('is accepted by health probes, and an empty query by every route', async () => {
    expect((await api.send('GET', `/users/${userId}?`)).status).toBe(200);
    for (const path of ['/health', '/health/live', '/health/ready', '/health/started']) {
      expect((await api.send('GET', `${path}?x=1`)).status).toBe(200);
    }
  });

  it('does not change a 404 or a 405', async () => {
    expect(await api.send('GET', '/healthy?x=1')).toMatchObject({ status: 404, body: { code: 'route-not-found' } });
    expect(await api.send('PUT', '/users?x=1')).toMatchObject({ status: 405, body: { code: 'method-not-allowed' } });
    expect((await api.send('OPTIONS', '/users?x=1')).status).toBe(204);
  });
});
