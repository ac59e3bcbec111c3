import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newDatabase, type RunningApi, startApi } from '../support/running-api.js';

/** The tests send requests as a proxy does, without the public path. */
describe('an API that a proxy publishes under PUBLIC_PATH', () => {
  let api: RunningApi;
  beforeAll(async () => {
    api = await startApi({ ...(await newDatabase()), PUBLIC_PATH: '/shop/v1' });
  });
  afterAll(() => api.stop());

  it('puts the path before Location and before each target of Link, on a miss, a hit, a HEAD and a 304', async () => {
    const made = [];
    for (const name of ['Ada', 'Adam']) {
      const { headers, body } = await api.send('POST', '/users', { body: { name, email: `${name}@example.org` } });
      expect(headers.get('location')).toBe(`/shop/v1/users/${body.id}`);
      made.push(body);
    }
    const miss = await api.send('GET', '/users?limit=1');
    const links = miss.headers.get('link');
    expect(links).toMatch(
      /^<\/shop\/v1\/users\?limit=1&[^<>]+>; rel="next", <\/shop\/v1\/users\?[^<>]+>; rel="first"$/,
    );
    const etag = { 'if-none-match': miss.headers.get('etag') ?? '' };
    for (const [method, headers, status] of [
      ['GET', {}, 200],
      ['HEAD', {}, 200],
      ['GET', etag, 304],
    ] as const) {
      const hit = await api.send(method, '/users?limit=1', { headers });
      expect([hit.status, hit.headers.get('x-cache'), hit.headers.get('link')]).toEqual([status, 'HIT', links]);
    }
  });

  it('puts the path before the address of a problem and of its type', async () => {
    const { body } = await api.send('GET', '/users/nope');
    expect(body).toMatchObject({ type: '/shop/v1/problems/validation', instance: '/shop/v1/users/nope' });
    // The router refuses this address before any hook.
    expect((await api.send('GET', '/users/%zz')).body.type).toBe('/shop/v1/problems/malformed-request');
    const explained = (await api.send('GET', '/problems/validation')).body;
    const all: { readonly type: string }[] = (await api.send('GET', '/problems')).body.data;
    expect(explained.type).toBe(body.type);
    expect(all.every(({ type }) => type.startsWith('/shop/v1/problems/'))).toBe(true);
  });

  it('puts the path before the links of the index, the documents and their files', async () => {
    const { body } = await api.send('GET', '/', { headers: { accept: '*/*' } });
    expect(Object.values<string>(body.links).every((link) => link.startsWith('/shop/v1/'))).toBe(true);
    const redirect = await fetch(`${api.url}/`, { headers: { accept: 'text/html' }, redirect: 'manual' });
    expect(redirect.headers.get('location')).toBe('/shop/v1/docs');
    expect((await api.send('GET', '/openapi.json')).body.servers).toEqual([{ url: '/shop/v1' }]);
    const page = (await api.send('GET', '/docs')).text;
    const addresses = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address = '']) => address);
    expect(addresses).toHaveLength(4);
    for (const address of addresses) {
      expect(address).toMatch(/^\/shop\/v1\//);
      expect((await api.send('GET', address.slice('/shop/v1'.length))).status).toBe(200);
    }
    expect((await api.send('GET', '/docs/start.js')).text).toContain("url: '/shop/v1/openapi.json'");
  });
});
