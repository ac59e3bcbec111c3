import { afterEach, describe, expect, inject, it } from 'vitest';
import { type AppProcess, startApp } from '../../support/app-process.js';
import { eventually } from '../../support/eventually.js';
import { freePort } from '../../support/free-port.js';
import { createDatabase, type PostgresServer, startPostgres } from '../../support/postgres-server.js';
import { type RedisServer, startRedis } from '../../support/redis-server.js';

interface Report {
  readonly status: string;
  readonly details: Readonly<Record<string, object>>;
}

describe('the health of the app', () => {
  let app: AppProcess | undefined;
  let redis: RedisServer | undefined;
  let postgres: PostgresServer | undefined;

  afterEach(async () => {
    await app?.kill();
    await Promise.all([redis?.kill(), postgres?.kill()]);
    app = redis = postgres = undefined;
  });

  async function probe(path: string): Promise<Report & { readonly http: number }> {
    const response = await fetch(`${app?.url}${path}`);
    const report: Report = JSON.parse(await response.text());
    return { http: response.status, ...report };
  }

  async function medianProbeMs(path: string): Promise<number> {
    const times: number[] = [];
    while (times.length < 21) {
      const sentAt = performance.now();
      await probe(path);
      times.push(performance.now() - sentAt);
    }
    return times.toSorted((a, b) => a - b)[10] ?? Infinity;
  }

  it('nestjs-redisx/nestjs-redisx CHANGELOG 1.10.0 (#14, #15) · is ok without Redis if none is configured, and reports it', async () => {
    app = await startApp({ DATABASE_URL: await createDatabase(inject('postgresUrl')) });
    expect(await probe('/health/started')).toMatchObject({ http: 200 });
    expect(await probe('/health/ready')).toMatchObject({ http: 200, status: 'ok' });
    expect(await probe('/health')).toMatchObject({ http: 200, details: { redis: { mode: 'none' } } });
  });

  it('is degraded, and ready within 5 s of the start, while the configured Redis is down', async () => {
    const databaseUrl = await createDatabase(inject('postgresUrl'));
    const redisUrl = `redis://127.0.0.1:${await freePort()}`;
    const startedAt = performance.now();
    app = await startApp({ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    await eventually(async () => expect(await probe('/health/started')).toMatchObject({ http: 200 }));
    expect(await probe('/health/ready')).toMatchObject({ http: 200, status: 'degraded' });
    expect((await fetch(`${app.url}/users`)).status).toBe(200);
  });

  it('is not ready while a required Redis is down', async () => {
    const REDIS_URL = `redis://127.0.0.1:${await freePort()}`;
    app = await startApp({
      DATABASE_URL: await createDatabase(inject('postgresUrl')),
      REDIS_URL,
      CACHE_REQUIRED: 'true',
    });
    expect(await probe('/health/ready')).toMatchObject({ http: 503, status: 'error' });
    expect(await probe('/health/live')).toMatchObject({ http: 200, status: 'ok' });
  });

  it('is degraded within 2 s of a crash of Redis, and ok within 5 s of its restart', async () => {
    redis = await startRedis();
    app = await startApp({ DATABASE_URL: await createDatabase(inject('postgresUrl')), REDIS_URL: redis.url });
    await eventually(async () => expect(await probe('/health')).toMatchObject({ http: 200, status: 'ok' }));

    await redis.kill();
    await eventually(
      async () =>
        expect(await probe('/health')).toMatchObject({
          http: 200,
          status: 'degraded',
          details: { redis: { connected: false } },
        }),
      { within: 2_000 },
    );

    await redis.start();
    await eventually(
      async () =>
        expect(await probe('/health')).toMatchObject({
          http: 200,
          status: 'ok',
          details: { redis: { connected: true } },
        }),
      { within: 5_000 },
    );
  });

  it('is reported within 50 ms while Redis is frozen, as degraded', async () => {
    redis = await startRedis();
    app = await startApp({ DATABASE_URL: await createDatabase(inject('postgresUrl')), REDIS_URL: redis.url });
    await eventually(async () => expect(await probe('/health')).toMatchObject({ status: 'ok' }));

    redis.freeze();
    for (const path of ['/health', '/health/ready', '/health/live', '/health/started']) {
      expect(await medianProbeMs(path)).toBeLessThan(50);
    }
    await eventually(async () => expect(await probe('/health/ready')).toMatchObject({ http: 200, status: 'degraded' }));
    redis.thaw();
    await eventually(async () => expect(await probe('/health/ready')).toMatchObject({ http: 200, status: 'ok' }));
  });

  it('is degraded without the database and error without both, and started stays 200', async () => {
    [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
    app = await startApp({ DATABASE_URL: postgres.url, REDIS_URL: redis.url });
    await eventually(async () => expect(await probe('/health/ready')).toMatchObject({ http: 200, status: 'ok' }));
    expect(await probe('/health/started')).toMatchObject({ http: 200 });

    await postgres.kill();
    await eventually(async () =>
      expect(await probe('/health/ready')).toMatchObject({
        http: 200,
        status: 'degraded',
        details: { database: { connected: false } },
      }),
    );
    await redis.kill();
    await eventually(async () => expect(await probe('/health/ready')).toMatchObject({ http: 503, status: 'error' }));
    expect(await probe('/health/started')).toMatchObject({ http: 200 });
    expect(await medianProbeMs('/health/ready')).toBeLessThan(50);
  });

  it('has not started until the database has answered once', async () => {
    app = await startApp({ DATABASE_URL: `postgres://user@127.0.0.1:${await freePort()}/nothing` });
    expect(await probe('/health/started')).toMatchObject({ http: 503, status: 'error' });
    expect(await probe('/health/live')).toMatchObject({ http: 200, status: 'ok' });
  });

  it('has the counters of the caches', async () => {
    app = await startApp({ DATABASE_URL: await createDatabase(inject('postgresUrl')) });
    const created = await fetch(`${app.url}/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Ada', email: 'ada@example.com' }),
    });
    const path = created.headers.get('location');
    for (let reads = 0; reads < 4; reads += 1) await fetch(`${app.url}${path}`);
    const { details } = await probe('/health');
    expect(details['cache']).toMatchObject({
      totals: { gets: expect.any(Number), hitRatio: expect.any(Number), loading: { running: 0, waiting: 0 } },
      caches: { 'users.byId': { gets: 4, tiers: { l1: { entries: 1 } } } },
    });
  });
});
