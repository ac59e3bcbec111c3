import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type AppProcess, startApp } from '../../support/app-process.js';
import { eventually } from '../../support/eventually.js';
import { createDatabase } from '../../support/postgres-server.js';

type Line = Record<string, unknown>;

describe('the log of the app', () => {
  let app: AppProcess;

  const lines = (): Line[] => app.logs.map((line): Line => JSON.parse(line));
  const linesOf = (requestId: string): Line[] => lines().filter((line) => line['requestId'] === requestId);

  /** Returns the lines of one request: those written meanwhile first, the request line last. */
  async function request(
    path: string,
    init: Omit<RequestInit, 'headers'> & { readonly headers?: Readonly<Record<string, string>> } = {},
  ): Promise<Line[]> {
    const requestId = `test-${crypto.randomUUID()}`;
    const headers = { 'x-request-id': requestId, 'content-type': 'application/json', ...init.headers };
    await (await fetch(new URL(path, app.url), { ...init, headers })).arrayBuffer();
    return eventually(() => {
      const written = linesOf(requestId);
      expect(written.at(-1)).toMatchObject({ status: expect.any(Number) });
      return written;
    });
  }

  const ada = { method: 'POST', body: JSON.stringify({ name: 'Ada Lovelace', email: 'ada@example.com' }) };

  beforeAll(async () => {
    const production = { NODE_ENV: 'production', SHUTDOWN_DELAY: '0s' };
    const database = { DATABASE_URL: await createDatabase(inject('postgresUrl')) };
    app = await startApp({ ...production, ...database, LOG_LEVEL: 'debug', TRUST_PROXY: 'loopback' });
    await fetch(`${app.url}/users`, { ...ada, headers: { 'content-type': 'application/json' } });
  });
  afterAll(() => app.kill());

  it('is JSON from the first line to the last, including the lines of Nest', () => {
    expect(lines().length).toBeGreaterThan(3);
    expect(lines().some(({ context }) => context === 'RouterExplorer' || context === 'NestApplication')).toBe(true);
  });

  it('has one line per request, with the result of the cache', async () => {
    const missed = await request('/users?limit=7');
    expect(missed.at(-1)).toMatchObject({
      method: 'GET',
      path: '/users',
      status: 200,
      cache: { name: 'users.page', result: 'miss' },
    });
    const hit = await request('/users?limit=7');
    expect(hit).toHaveLength(1);
    expect(hit[0]).toMatchObject({
      level: 'info',
      durationMs: expect.any(Number),
      cache: { result: 'hit', tier: 'l1', ageMs: expect.any(Number) },
    });
  });

  it('has the trace of the client, and its address as the trusted proxy forwards it', async () => {
    const [line] = await request('/users?limit=8', {
      headers: {
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
        'x-forwarded-for': '198.51.100.9, 192.0.2.1',
      },
    });
    expect(line).toMatchObject({ clientAddress: '192.0.2.1', traceId: '4bf92f3577b34da6a3ce929d0e0e4736' });
    expect((await request('/users?limit=8')).at(-1)).toMatchObject({ clientAddress: '127.0.0.1' });
  });

  it.each([
    ['a handler', '/users/018f0e9c-0000-7000-8000-000000000000', 404],
    ['the router', '/users/zz%zz', 400],
    ['a hook', '/users?q=%ff', 400],
  ])('has the trace of the client when %s answers with a problem', async (_what, path, status) => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const line = (await request(path, { headers: { traceparent } })).at(-1);
    expect(line).toMatchObject({ status, traceId: '4bf92f3577b34da6a3ce929d0e0e4736' });
  });

  it.each([
    ['/users/zz%zz', 400],
    [`/users/${'a'.repeat(300)}`, 414],
  ])('has one line for %s, which the router rejects', async (path, status) => {
    const written = await request(path);
    expect(written).toMatchObject([{ level: 'info', method: 'GET', path: path.slice(0, 200), status }]);
  });

  it.each([
    ['no Host', 'GET /users HTTP/1.1\r\n\r\n', 400],
    ['bytes that are not HTTP', 'hello\r\n\r\n', 400],
    ['headers of 20 kB', `GET /users HTTP/1.1\r\nHost: a\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
  ])('has one line for %s, with the id of the response', async (_what, bytes, status) => {
    const answer = await text(connect(app.port, '127.0.0.1').end(bytes));
    const [, id = ''] = /x-request-id: (.*)\r\n/i.exec(answer) ?? [];
    await eventually(() => expect(linesOf(id)).toMatchObject([{ level: 'info', status }]));
  });

  it('has probes at debug', async () => {
    expect((await request('/health/ready')).at(-1)).toMatchObject({ level: 'debug', path: '/health/ready' });
  });

  it('has no e-mail address and no request value in any line', async () => {
    expect((await request('/users', ada)).at(-1)).toMatchObject({ status: 409 });
    await request('/users/lookup?email=ada@example.com');
    await request('/users/ada@example.com');
    await request('/users/ada%40example.com');
    await request('/users/%6Aada%2540example%2Ecom');
    await request('/users', { method: 'POST', body: '{"email":"ada@example.com"' });
    const log = app.logs.join('\n');
    expect(log).not.toMatch(/ada(@|%40|%2540)example/i);
    expect(log).not.toContain('Lovelace');
  });
});
