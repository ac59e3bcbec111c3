import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases, type RunningApi, startApi } from '../support/running-api.js';

describe.each(databases)('the links of a page on $database', ({ environment }) => {
  let api: RunningApi;
  let id: string;
  beforeAll(async () => {
    api = await startApi(await environment());
    for (const name of ['Ada', 'Adam', 'Adele']) {
      const { body } = await api.send('POST', '/users', { body: { name, email: `${name}@example.org` } });
      id = body.id;
      await api.send('POST', `/users/${id}/orders`, { body: { amount: 1, currency: 'EUR' } });
    }
    await api.send('POST', `/users/${id}/orders`, { body: { amount: 2, currency: 'EUR' } });
  });
  afterAll(() => api.stop());

  const linksOf = async (path: string): Promise<Record<string, string>> => {
    const link = (await api.send('GET', path)).headers.get('link') ?? '';
    return Object.fromEntries([...link.matchAll(/<([^>]+)>; rel="(\w+)"/g)].map(([, target, rel]) => [rel, target]));
  };

  it('have one address per page for every spelling of its query', async () => {
    const written = ['sort=name&limit=02&q=ad', 'q=+ad&limit=2&sort=name'];
    for (const query of written) {
      const { body, headers } = await api.send('GET', `/users?${query}`);
      const first = '/users?limit=2&sort=name&q=ad';
      expect(headers.get('link')).toBe(
        `<${first}&cursor=${body.page.nextCursor}>; rel="next", <${first}>; rel="first"`,
      );
    }
  });

  it('are the same on a miss, a hit, a HEAD, a 304 and a bypass', async () => {
    for (const path of ['/users?limit=1', `/users/${id}/orders?limit=1`]) {
      const miss = await api.send('GET', path);
      const answers = [
        await api.send('GET', path),
        await api.send('HEAD', path),
        await api.send('GET', path, { headers: { 'if-none-match': miss.headers.get('etag') ?? '' } }),
        await api.send('GET', path, { headers: { authorization: 'Bearer a' } }),
      ];
      expect(answers.map(({ status, headers }) => [status, headers.get('x-cache')])).toEqual([
        [200, 'HIT'],
        [200, 'HIT'],
        [304, 'HIT'],
        [200, 'BYPASS'],
      ]);
      expect(miss.headers.get('x-cache')).toBe('MISS');
      for (const { headers } of [miss, ...answers]) {
        expect(headers.get('link')).toMatch(/; rel="next", <.+>; rel="first"$/);
        expect(headers.get('link')).toBe(miss.headers.get('link'));
      }
    }
  });

  it('lead over the whole list and back to its first page', async () => {
    for (const path of ['/users?limit=1&sort=-name', `/users/${id.toUpperCase()}/orders?limit=1`]) {
      const seen = [];
      const { first = '' } = await linksOf(path);
      for (let next: string | undefined = first; next !== undefined; next = (await linksOf(next))['next']) {
        seen.push(...(await api.send('GET', next)).body.data);
        expect((await linksOf(next))['first']).toBe(first);
      }
      expect(seen).toEqual((await api.send('GET', path.replace('limit=1', 'limit=9'))).body.data);
    }
  });

  it('are absent without pages and on a problem', async () => {
    const paths = [
      `/users/${id}`,
      `/users/batch?ids=${id}`,
      '/users/lookup?email=Ada@example.org',
      '/users/stats',
      '/users?limit=0',
      '/users?cursor=x',
    ];
    for (const path of paths) expect((await api.send('GET', path)).headers.get('link')).toBeNull();
  });
});
