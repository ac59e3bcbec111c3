import { afterEach, describe, expect, it } from 'vitest';
import { type AdapterName, channel, counters, givenHealthApp, type HealthApp, redisUp } from './health-app.js';

const redisAway = { ...redisUp, connected: false, breaker: 'open', lastError: 'ECONNREFUSED' } as const;
const away = (): Promise<void> => Promise.reject(new Error('connection refused'));

describe.each<AdapterName>(['fastify', 'express'])('the probes on %s', (adapter) => {
  let given: HealthApp | undefined;

  async function probe(
    path: string,
  ): Promise<{ status: number; cacheControl: string | null; body: unknown; type: string | null }> {
    const response = await fetch(`${given?.url}${path}`);
    const { status, headers } = response;
    return {
      status,
      cacheControl: headers.get('cache-control'),
      type: headers.get('content-type'),
      body: await response.json(),
    };
  }

  afterEach(() => given?.app.close());

  it('answer 200 ok when all is well, and are not to be stored', async () => {
    given = await givenHealthApp(adapter);
    for (const path of ['/health', '/health/live', '/health/started', '/health/ready']) {
      expect(await probe(path)).toMatchObject({
        status: 200,
        cacheControl: 'no-store',
        type: expect.stringContaining('application/json'),
        body: { status: 'ok' },
      });
    }
  });

  it('ready is 200 degraded while Redis is away', async () => {
    given = await givenHealthApp(adapter, { redis: { state: redisAway, firstAttemptFinished: true } });
    expect(await probe('/health/ready')).toMatchObject({
      status: 200,
      body: { status: 'degraded', details: { redis: { status: 'degraded', connected: false, breaker: 'open' } } },
    });
  });

  it('ready is 503 while Redis is away and required, in the body of Terminus', async () => {
    given = await givenHealthApp(adapter, {
      redis: { state: redisAway, firstAttemptFinished: true },
      cacheRequired: true,
    });
    expect(await probe('/health/ready')).toMatchObject({
      status: 503,
      cacheControl: 'no-store',
      type: expect.stringContaining('application/json'),
      body: { status: 'error', error: { redis: { status: 'down' } }, info: { database: { status: 'up' } } },
    });
  });

  it('ready is 200 degraded while the database is away and Redis is there', async () => {
    given = await givenHealthApp(adapter, { database: { schemaReady: true, ping: away } });
    expect(await probe('/health/ready')).toMatchObject({
      status: 200,
      body: { status: 'degraded', details: { database: { status: 'degraded', connected: false } } },
    });
  });

  it('ready treats a database with another schema as away', async () => {
    given = await givenHealthApp(adapter, { database: { schemaReady: false, ping: () => Promise.resolve() } });
    expect(await probe('/health/ready')).toMatchObject({
      body: { status: 'degraded', details: { database: { connected: true, schemaReady: false } } },
    });
  });

  it('ready is 503 error while both are away, and live is not', async () => {
    const redis = { state: redisAway, firstAttemptFinished: true };
    given = await givenHealthApp(adapter, { redis, database: { schemaReady: true, ping: away } });
    expect(await probe('/health/ready')).toMatchObject({ status: 503, body: { status: 'error' } });
    expect(await probe('/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it('started is 503 until the database has answered', async () => {
    given = await givenHealthApp(adapter, { database: { schemaReady: true, ping: away } });
    expect(await probe('/health/started')).toMatchObject({
      status: 503,
      body: { status: 'error', error: { startup: { waitingFor: ['database'] } } },
    });
  });

  it('answer in under 50 ms while the database hangs', async () => {
    given = await givenHealthApp(adapter, { database: { schemaReady: true, ping: () => new Promise(() => {}) } });
    const times: number[] = [];
    for (let i = 0; i < 21; i += 1) {
      const before = performance.now();
      await probe(i % 2 === 0 ? '/health/ready' : '/health');
      times.push(performance.now() - before);
    }
    expect(times.toSorted((a, b) => a - b)[10]).toBeLessThan(50);
  });

  it('VertexChainLabs/VertexChain#112, petarzarkov/dunx#106 · /health tells how Redis is and what each cache did, with totals', async () => {
    given = await givenHealthApp(adapter);
    const { body } = await probe('/health');
    expect(body).toMatchObject({
      details: {
        database: { status: 'up', connected: true, schemaReady: true },
        redis: {
          status: 'up',
          mode: 'single',
          connected: true,
          breaker: 'closed',
          roundTripMs: 0.4,
          since: '2026-01-02T03:04:05.000Z',
        },
        cache: {
          status: 'up',
          totals: { gets: 10, hitRatio: 0.8, tiers: { l1: { entries: 2 } } },
          channel,
          pending: 0,
          caches: counters,
        },
      },
    });
  });

  it('/health says that there is only the in-process tier', async () => {
    given = await givenHealthApp(adapter, { redis: null });
    expect(await probe('/health')).toMatchObject({
      status: 200,
      body: { status: 'ok', details: { redis: { status: 'up', mode: 'none', connected: false, tier: 'in-process' } } },
    });
  });
});
