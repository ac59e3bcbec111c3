import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type AppProcess, startApp } from '../../support/app-process.js';
import { eventually } from '../../support/eventually.js';
import { createDatabase } from '../../support/postgres-server.js';
import { untilReady } from '../../support/until-ready.js';
import { type Nginx, startNginx } from './nginx.js';

const page = 'https://shop.example.org';

describe('the API behind docker/nginx.conf', () => {
  let api: AppProcess;
  let nginx: Nginx;
  let user: { readonly id: string; readonly etag: string };

  beforeAll(async () => {
    api = await startApp({
      NODE_ENV: 'production',
      SHUTDOWN_DELAY: '0s',
      DATABASE_URL: await createDatabase(inject('postgresUrl')),
      PUBLIC_PATH: '/shop',
      TRUST_PROXY: 'loopback',
    });
    await untilReady(api.url);
    nginx = await startNginx(api.port);
    const created = await send('POST', '/shop/users', { body: { name: 'Ada', email: 'ada@example.org' } });
    const { id } = (await created.json()) as { readonly id: string };
    user = { id, etag: created.headers.get('etag') ?? '' };
  });
  afterAll(async () => {
    await nginx.stop();
    await api.stop();
  });

  function send(
    method: string,
    path: string,
    { headers = {}, body }: { readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown } = {},
  ): Promise<Response> {
    return fetch(`${nginx.url}${path}`, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  it('answers under the public path, and its links lead back to itself', async () => {
    const created = await send('POST', '/shop/users', { body: { name: 'Bob', email: 'bob@example.org' } });
    const location = created.headers.get('location') ?? '';
    expect(location).toMatch(/^\/shop\/users\//);
    expect((await send('GET', location)).status).toBe(200);
    const list = await send('GET', '/shop/users?limit=1');
    const [, next = ''] = /<([^>]+)>; rel="next"/.exec(list.headers.get('link') ?? '') ?? [];
    expect((await send('GET', next)).status).toBe(200);
    const document = await (await send('GET', '/shop/openapi.json')).json();
    expect(document).toMatchObject({ servers: [{ url: '/shop' }] });
    expect((await send('GET', '/users')).status).toBe(404);
  });

  it('lets pages of the listed origins read responses and their headers, and no other page', async () => {
    const allowed = await send('GET', `/shop/users/${user.id}`, { headers: { origin: page } });
    expect(allowed.headers.get('access-control-allow-origin')).toBe(page);
    expect(allowed.headers.get('access-control-expose-headers')).toContain('ETag');
    expect(allowed.headers.get('access-control-expose-headers')).toContain('Consistency-Token');
    expect(allowed.headers.get('vary')).toContain('Origin');
    const other = await send('GET', `/shop/users/${user.id}`, { headers: { origin: 'https://example.net' } });
    expect(other.headers.has('access-control-allow-origin')).toBe(false);
  });

  it('answers a preflight, also of an error', async () => {
    const preflight = await send('OPTIONS', `/shop/users/${user.id}`, {
      headers: { origin: page, 'access-control-request-method': 'PATCH', 'access-control-request-headers': 'if-match' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(page);
    expect(preflight.headers.get('access-control-allow-methods')).toContain('PATCH');
    expect(preflight.headers.get('access-control-allow-headers')).toContain('If-Match');
    const error = await send('GET', '/shop/users/no-id', { headers: { origin: page } });
    expect([error.status, error.headers.get('access-control-allow-origin')]).toEqual([400, page]);
  });

  it('compresses lists, and leaves the ETag of a user strong, so that If-Match works', async () => {
    const headers = { 'accept-encoding': 'gzip' };
    const list = await send('GET', '/shop/users', { headers });
    expect(list.headers.get('content-encoding')).toBe('gzip');
    expect(list.headers.get('vary')).toContain('Accept-Encoding');
    const unchanged = await send('GET', '/shop/users', {
      headers: { ...headers, 'if-none-match': list.headers.get('etag') ?? '' },
    });
    expect(unchanged.status).toBe(304);

    const single = await send('GET', `/shop/users/${user.id}`, { headers });
    expect([single.headers.get('content-encoding'), single.headers.get('etag')]).toEqual([null, user.etag]);
    const weak = await send('PATCH', `/shop/users/${user.id}`, {
      headers: { 'if-match': `W/${user.etag}` },
      body: { name: 'Ada L.' },
    });
    expect(weak.status).toBe(412);
    const strong = await send('PATCH', `/shop/users/${user.id}`, {
      headers: { 'if-match': user.etag },
      body: { name: 'Ada L.' },
    });
    expect(strong.status).toBe(200);
  });

  it('logs the address of the client that nginx saw, and not the one that the client claims', async () => {
    const requestId = 'address-of-client';
    await send('GET', `/shop/users/${user.id}`, {
      headers: { 'x-request-id': requestId, 'x-forwarded-for': '203.0.113.9' },
    });
    const line = await eventually(() => {
      const found = api.logs.find((candidate) => candidate.includes(requestId));
      expect(found).toBeDefined();
      return JSON.parse(found ?? '');
    });
    expect(line).toMatchObject({ clientAddress: '127.0.0.1', path: `/users/${user.id}` });
  });

  it('keeps a body that arrives slowly away from the API until it is complete', async () => {
    const seen = () => api.logs.filter((line) => line.includes('"path":"/users"') && line.includes('slow-body')).length;
    const body = JSON.stringify({ name: 'Slow', email: 'slow@example.org' });
    const answered = Promise.withResolvers<number | undefined>();
    const slow = request(`${nginx.url}/shop/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': body.length, 'x-request-id': 'slow-body' },
    });
    slow.on('response', (response) => answered.resolve(response.resume().statusCode));
    slow.on('error', answered.reject);
    slow.write(body.slice(0, 10));
    // The API answers another request meanwhile, and has none in progress besides.
    const health = await (await fetch(`${api.url}/health`)).json();
    expect(health).toMatchObject({ details: { requests: { inProgress: 0, waiting: 0 } } });
    expect(seen()).toBe(0);
    slow.end(body.slice(10));
    expect(await answered.promise).toBe(201);
    await eventually(() => expect(seen()).toBe(1));
  });

  it('refuses a body above the limit of the API itself, and hides the probes', async () => {
    const large = await send('POST', '/shop/users', { body: { name: 'x'.repeat(20_000), email: 'large@example.org' } });
    expect(large.status).toBe(413);
    for (const path of ['/shop/health', '/shop/health/ready']) expect((await send('GET', path)).status).toBe(404);
  });

  it('slows a client down that sends too much, in the form of the API, and lets it continue a second later', async () => {
    const answers = await Promise.all(
      Array.from({ length: 300 }, () => send('GET', `/shop/users/${user.id}`, { headers: { origin: page } })),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    // The requests of the tests above, fewer than 40, have used a part of the burst of 100.
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(60);
    const [first] = refused;
    expect(first?.headers.get('retry-after')).toBe('1');
    expect(first?.headers.get('content-type')).toBe('application/problem+json');
    expect(first?.headers.get('access-control-allow-origin')).toBe(page);
    expect(await first?.json()).toMatchObject({ status: 429, code: 'too-many-requests' });
    await eventually(async () => expect((await send('GET', `/shop/users/${user.id}`)).status).toBe(200));
  });
});
