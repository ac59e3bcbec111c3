import { connect } from 'node:net';
import type { CacheCounters } from '@nuthatch/cache';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { type AppProcess, startApp } from '../../support/app-process.js';
import { eventually } from '../../support/eventually.js';
import { freePort } from '../../support/free-port.js';
import { createDatabase } from '../../support/postgres-server.js';
import { type RedisServer, startRedis } from '../../support/redis-server.js';

/** The part of `/health` that is compared with the metrics. */
interface Health {
  readonly details: { readonly cache: { readonly caches: { readonly 'users.byId': CacheCounters } } };
}

const OPEN_METRICS = 'application/openmetrics-text';

describe('the metrics of the app', () => {
  let app: AppProcess | undefined;
  let redis: RedisServer | undefined;

  afterEach(async () => {
    await app?.kill();
    await redis?.kill();
    app = redis = undefined;
  });

  const get = (path: string, headers: Record<string, string> = {}) => fetch(`${app?.url}${path}`, { headers });

  async function scrape(accept = 'text/plain'): Promise<string> {
    const response = await get('/metrics', { accept });
    expect(response.status).toBe(200);
    return response.text();
  }

  /** Returns the value of one series; 0 without it. The labels may be in any order. */
  function valueOf(text: string, name: string, labels: Record<string, string> = {}): number {
    const line = text
      .split('\n')
      .find(
        (each) =>
          each.startsWith(`${name}{`) &&
          Object.entries(labels).every(([label, value]) => each.includes(`${label}="${value}"`)),
      );
    return Number(line?.split('} ')[1]?.split(' ')[0] ?? 0);
  }

  /** Returns the series without their values. Those of Node depend on its garbage collector. */
  const seriesIn = (text: string): string[] =>
    text
      .split('\n')
      .flatMap((line) => (/^(?:cache|http|redis|db)_/.test(line) ? line.slice(0, line.lastIndexOf(' ')) : []));

  /** Requests all paths, over one connection and without waiting for the responses. */
  async function visit(paths: readonly string[]): Promise<void> {
    const { port } = new URL(app?.url ?? '');
    const closed = Promise.withResolvers<void>();
    const socket = connect(Number(port), '127.0.0.1')
      .once('close', closed.resolve)
      .once('error', closed.reject)
      .resume();
    for (const path of paths) socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    socket.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    await closed.promise;
  }

  async function createUser(email: string): Promise<string> {
    const response = await fetch(`${app?.url}/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Ada', email }),
    });
    expect(response.status).toBe(201);
    return response.headers.get('location') ?? '';
  }

  async function startWith(environment: Record<string, string> = {}): Promise<void> {
    app = await startApp({
      DATABASE_URL: await createDatabase(inject('postgresUrl')),
      LOG_LEVEL: 'info',
      ...environment,
    });
  }

  it('petarzarkov/dunx#106 · agree with Cache-Status, with /health, with the live page and with the log, before, during and after an outage of Redis', async () => {
    redis = await startRedis();
    const secret = 'reader-secret-0123456789';
    await startWith({ REDIS_URL: redis.url, ADMIN_TOKENS: `reader:read:${secret}` });
    const connected = async (value: boolean): Promise<void> =>
      expect(await (await get('/health')).json()).toMatchObject({
        details: { cache: { channel: { connected: value } } },
      });
    await eventually(() => connected(true));
    const path = await createUser('ada@example.com');

    const seen: Record<string, number> = {};
    const statuses: Record<string, number> = {};
    async function read(times: number): Promise<void> {
      for (let count = 0; count < times; count += 1) {
        const response = await get(path);
        expect(response.status).toBe(200);
        await response.text();
        const result = response.headers.get('x-cache')?.toLowerCase() ?? 'none';
        seen[result] = (seen[result] ?? 0) + 1;
        const status = resultIn(response.headers.get('cache-status') ?? '');
        statuses[status] = (statuses[status] ?? 0) + 1;
      }
    }
    await read(5);
    await redis.kill();
    await eventually(() => connected(false));
    await read(5);
    await redis.start();
    await eventually(() => connected(true), { within: 10_000 });
    await read(5);

    expect(seen).toMatchObject({ hit: expect.any(Number), bypass: expect.any(Number) });
    expect(statuses).toEqual(seen);
    const text = await scrape();
    const health: Health = JSON.parse(await (await get('/health')).text());
    const { hits, misses, bypass, gets, loads } = health.details.cache.caches['users.byId'];
    const counted = (result: string): number => valueOf(text, 'cache_gets_total', { cache: 'users.byId', result });
    expect({ hit: counted('hit'), miss: counted('miss'), bypass: counted('bypass') }).toEqual({
      hit: seen['hit'] ?? 0,
      miss: seen['miss'] ?? 0,
      bypass: seen['bypass'] ?? 0,
    });
    expect([counted('hit'), counted('miss'), counted('bypass')]).toEqual([hits, misses, bypass]);
    expect(gets).toBe(15);
    // The view "Caches" of the live page shows this answer.
    const shown: readonly unknown[] = JSON.parse(
      await (await get('/admin/cache/caches', { authorization: `Bearer ${secret}` })).text(),
    );
    const counters = { gets, hits, misses, bypass, loads };
    expect(shown).toContainEqual(
      expect.objectContaining({ name: 'users.byId', counters: expect.objectContaining(counters) }),
    );
    expect(valueOf(text, 'cache_load_duration_seconds_count', { cache: 'users.byId', outcome: 'loaded' })).toBe(loads);

    const lines = (app?.logs ?? []).filter((line) => line.includes('"cache":{"name":"users.byId"'));
    const logged = Object.groupBy(lines, (line) => /"result":"(\w+)"/.exec(line)?.[1] ?? 'none');
    for (const result of ['hit', 'miss', 'bypass']) expect(logged[result]?.length ?? 0).toBe(counted(result));

    const responses = { http_request_method: 'GET', http_route: '/users/:id', http_response_status_code: '200' };
    expect(valueOf(text, 'http_server_request_duration_seconds_count', responses)).toBe(15);
    expect(text).toMatch(/^cache_channel_connected 1$/m);
    expect(text).toMatch(/^redis_up 1$/m);
  });

  it('get no further series from 10,000 random paths', async () => {
    await startWith({ LOG_LEVEL: 'silent' });
    const random = (): string => Math.random().toString(36).slice(2);
    const paths = (): string[] => [
      `/${random()}`,
      `/users/${random()}`,
      `/users?q=${random()}`,
      `/${random()}/${random()}`,
    ];
    await visit(paths());
    // A scrape counts from the next one on.
    await scrape();
    const before = seriesIn(await scrape());
    for (let round = 0; round < 250; round += 1) await visit(Array.from({ length: 10 }, paths).flat());
    const after = await scrape();
    expect(seriesIn(after)).toEqual(before);
    const count = (route: string, status: string): number =>
      valueOf(after, 'http_server_request_duration_seconds_count', {
        http_request_method: 'GET',
        http_route: route,
        http_response_status_code: status,
      });
    // Half of the paths have no route. No round of 40 is more than an instance answers at once, so none is refused.
    expect({ unknown: count('', '404'), user: count('/users/:id', '400'), list: count('/users', '200') }).toEqual({
      unknown: 5_002,
      user: 2_501,
      list: 2_501,
    });
  });

  it('are OpenMetrics where the scraper prefers it, with the trace of a sampled request', async () => {
    await startWith();
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    await get('/users', { traceparent: `00-${traceId}-00f067aa0ba902b7-01` });
    const open = await get('/metrics', { accept: `${OPEN_METRICS};version=1.0.0,text/plain;q=0.5` });
    expect(open.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    const body = await open.text();
    expect(body).toContain(`# {trace_id="${traceId}",span_id="00f067aa0ba902b7"}`);
    expect(body.endsWith('# EOF\n')).toBe(true);
    const text = await get('/metrics');
    expect(text.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text.headers.get('cache-control')).toBe('no-store');
    expect(await text.text()).not.toContain(traceId);
  });

  it('VertexChainLabs/VertexChain#112 · have the figures of the server, the pool and the process', async () => {
    redis = await startRedis();
    await startWith({ REDIS_URL: redis.url });
    await get('/users');
    const text = await scrape();
    for (const name of [
      'redis_memory_used_bytes',
      'redis_connected_clients',
      'redis_net_input_bytes_total',
      'redis_operation_duration_seconds_count',
      'cache_invalidation_lag_seconds_count',
      'cache_breaker_state',
      'db_client_connection_count',
      'nodejs_eventloop_lag_seconds',
      'process_cpu_seconds_total',
    ])
      expect(text).toMatch(new RegExp(`^${name}[ {]`, 'm'));
  });

  it('lose only the figures of the server if it forbids INFO', async () => {
    redis = await startRedis();
    const { port } = redis;
    await new Promise<void>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write('ACL SETUSER default -info\r\n'));
      socket.once('data', () => socket.end(() => resolve())).once('error', reject);
    });
    await startWith({ REDIS_URL: redis.url });
    const text = await eventually(async () => {
      const scraped = await scrape();
      expect(scraped).toMatch(/^cache_channel_connected 1$/m);
      return scraped;
    });
    // A refusal of what the caches need would degrade the instance for three seconds.
    expect(await (await get('/health/ready')).json()).toMatchObject({ status: 'ok' });
    expect(text).toMatch(/^redis_up 1$/m);
    expect(text).not.toContain('redis_memory_used_bytes');
    expect(text).toContain('cache_gets_total');
  });

  it('are on METRICS_PORT only, if it is set', async () => {
    const port = await freePort();
    await startWith({ METRICS_PORT: String(port) });
    expect((await get('/metrics')).status).toBe(404);
    const own = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init);
    expect(await (await own('/metrics')).text()).toContain('cache_gets_total');
    expect((await own('/users')).status).toBe(404);
    const refused = await own('/metrics', { method: 'POST' });
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('are served nowhere in production without METRICS_PORT', async () => {
    await startWith({ NODE_ENV: 'production' });
    expect((await get('/metrics')).status).toBe(404);
  });
});

/** Returns the result that a `Cache-Status` field (RFC 9211) describes. */
function resultIn(field: string): string {
  if (/; hit(?:;|$)/.test(field)) return 'hit';
  return field.includes('; fwd=bypass') ? 'bypass' : field.includes('; fwd=uri-miss') ? 'miss' : 'none';
}
