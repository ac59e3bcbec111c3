import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { Injectable } from '@nestjs/common';
import { DiskHealthIndicator } from '@nestjs/terminus';
import { type HealthIndicator, HealthModule, type HealthOptions, IndicatorNameTaken } from '@nuthatch/health';
import { afterEach, describe, expect, it } from 'vitest';
import { withLoadShedding } from '../src/overload/load-shedding.js';
import { type AdapterName, channel, counters, givenHealthApp, type HealthApp, memory, redisUp } from './health-app.js';

const redisDown = { ...redisUp, connected: false, breaker: 'open', lastError: 'ECONNREFUSED' } as const;
const refuse = (): Promise<void> => Promise.reject(new Error('connection refused'));

/** An indicator that wraps one of Terminus. */
@Injectable()
class DiskIndicator implements HealthIndicator {
  constructor(private readonly disk: DiskHealthIndicator) {}

  isHealthy(key: string) {
    return this.disk.checkStorage(key, { path: '/', thresholdPercent: 1 });
  }
}

class BrokenIndicator implements HealthIndicator {
  isHealthy(): never {
    throw new Error('no licence');
  }
}

/** A database that goes down after the first ping, and the time of the second one. */
function givenCrash() {
  const crashed = Promise.withResolvers<void>();
  const pings: (() => Promise<void>)[] = [async () => {}];
  const ping = () => (pings.shift() ?? (() => (crashed.resolve(), refuse())))();
  return { database: { schemaReady: true, ping }, crashed: crashed.promise };
}

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

  it('answer 200 ok with Cache-Control: no-store while all servers are up', async () => {
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

  it('report the requests that load shedding admits and refuses, if the server has it', async () => {
    given = await givenHealthApp(adapter);
    expect((await probe('/health')).body).not.toHaveProperty('details.requests');
    const listener = withLoadShedding(() => {}, {
      server: given.app.getHttpServer(),
      mostInProgress: 1,
      isExempt: () => false,
      refuse: () => {},
    });
    for (let arrived = 0; arrived < 3; arrived += 1) {
      const request = new IncomingMessage(new Socket());
      listener(request, new ServerResponse(request));
    }
    const requests = { status: 'up', inProgress: 1, waiting: 0, refused: 2 };
    expect((await probe('/health')).body).toMatchObject({
      status: 'ok',
      details: { requests, cache: { status: 'up' } },
    });
    expect((await probe('/health/ready')).body).not.toHaveProperty('details.requests');
  });

  it('answer ready with 200 degraded while Redis is down', async () => {
    given = await givenHealthApp(adapter, { redis: { state: redisDown, firstAttemptFinished: true } });
    expect(await probe('/health/ready')).toMatchObject({
      status: 200,
      body: { status: 'degraded', details: { redis: { status: 'degraded', connected: false, breaker: 'open' } } },
    });
  });

  it.each([
    ['Redis refuses operations', { redis: { state: { ...redisUp, lastError: 'NOPERM' } } }, 'NOPERM'],
    ['Redis refuses writes', { refusal: 'MISCONF' }, 'MISCONF'],
    ['the invalidation channel is not verified', { channelVerified: false }, undefined],
  ])('answer ready with 200 degraded while %s, also when a cache is required', async (_, faults, word) => {
    given = await givenHealthApp(adapter, {
      ...faults,
      redis: { state: redisUp, ...('redis' in faults && faults.redis), firstAttemptFinished: true },
      cacheRequired: true,
    });
    const reported = { status: 'degraded', connected: true, ...(word === undefined ? {} : { lastError: word }) };
    expect(await probe('/health/ready')).toMatchObject({
      status: 200,
      body: { status: 'degraded', details: { redis: reported, database: { status: 'up' } } },
    });
  });

  it('answer ready with 503 and the body of Terminus while a required Redis is down', async () => {
    given = await givenHealthApp(adapter, {
      redis: { state: redisDown, firstAttemptFinished: true },
      cacheRequired: true,
    });
    expect(await probe('/health/ready')).toMatchObject({
      status: 503,
      cacheControl: 'no-store',
      type: expect.stringContaining('application/json'),
      body: { status: 'error', error: { redis: { status: 'down' } }, info: { database: { status: 'up' } } },
    });
  });

  it('answer ready with 200 degraded while the database is down and Redis is up', async () => {
    const { database, crashed } = givenCrash();
    given = await givenHealthApp(adapter, { database });
    expect(await probe('/health/ready')).toMatchObject({ status: 200, body: { status: 'ok' } });
    await crashed;
    const lastError = 'connection refused';
    expect(await probe('/health/ready')).toMatchObject({
      status: 200,
      body: { status: 'degraded', details: { database: { status: 'degraded', connected: false, lastError } } },
    });
  });

  it('answer ready with 200 degraded while the database refuses writes', async () => {
    const database = { schemaReady: true, readOnly: true, ping: () => Promise.resolve() };
    given = await givenHealthApp(adapter, { database });
    expect(await probe('/health/ready')).toMatchObject({
      status: 200,
      body: { status: 'degraded', details: { database: { status: 'degraded', connected: true, readOnly: true } } },
    });
  });

  it.each(['/health/ready', '/health'])('answer %s with 503 until the database has the right schema', async (path) => {
    const database = { schemaReady: false, ping: () => Promise.resolve() };
    given = await givenHealthApp(adapter, { database });
    expect(await probe(path)).toMatchObject({
      status: 503,
      body: {
        error: { startup: { waitingFor: ['schema'] } },
        details: { database: { connected: true, schemaReady: false } },
      },
    });
    database.schemaReady = true;
    expect(await probe(path)).toMatchObject({ status: 200, body: { status: 'ok' } });
    database.schemaReady = false;
    expect(await probe(path)).toMatchObject({ status: 200, body: { status: 'degraded' } });
  });

  it('answer ready with 503 error while both are down, and live with 200', async () => {
    const redis = { state: redisDown, firstAttemptFinished: true };
    const { database, crashed } = givenCrash();
    given = await givenHealthApp(adapter, { redis, database });
    await crashed;
    expect(await probe('/health/ready')).toMatchObject({ status: 503, body: { status: 'error' } });
    expect(await probe('/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it('answer started with 503 until the database has answered', async () => {
    given = await givenHealthApp(adapter, { database: { schemaReady: true, ping: refuse } });
    for (const path of ['/health/started', '/health/ready']) {
      expect(await probe(path)).toMatchObject({
        status: 503,
        body: { status: 'error', error: { startup: { waitingFor: ['database'] } } },
      });
    }
  });

  it('answer within 50 ms while the database does not respond', async () => {
    given = await givenHealthApp(adapter, { database: { schemaReady: true, ping: () => new Promise(() => {}) } });
    const times: number[] = [];
    for (let i = 0; i < 21; i += 1) {
      const before = performance.now();
      await probe(i % 2 === 0 ? '/health/ready' : '/health');
      times.push(performance.now() - before);
    }
    expect(times.toSorted((a, b) => a - b)[10]).toBeLessThan(50);
  });

  it('VertexChainLabs/VertexChain#112, petarzarkov/dunx#106 · report the state of Redis, the counters of each cache and their totals on /health', async () => {
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
          totals: { gets: 10, hitRatio: 0.8, loading: { running: 1, waiting: 0 }, tiers: { l1: { entries: 2 } } },
          memory: { tags: memory.tags },
          channel,
          pending: 0,
          caches: counters,
        },
      },
    });
  });

  it('report each master of a cluster on /health, which is degraded while one of them is not verified', async () => {
    const masters = [
      { master: '10.0.0.1:6379', connected: true, verified: true, lastError: undefined },
      { master: '10.0.0.2:6379', connected: false, verified: false, lastError: 'ECONNREFUSED' },
    ];
    const redis = { state: { ...redisUp, mode: 'cluster' } as const, firstAttemptFinished: true };
    given = await givenHealthApp(adapter, { redis, masters, channelVerified: false });
    const { status, body } = await probe('/health');
    const reported = JSON.parse(JSON.stringify(masters));
    expect([status, body]).toMatchObject([
      200,
      { status: 'degraded', details: { redis: { status: 'degraded', mode: 'cluster', masters: reported } } },
    ]);
  });

  it('report an indicator of the application on /health, and on ready only with ready: true', async () => {
    const indicators = { disk: { use: DiskIndicator, ready: true }, spare: { use: DiskIndicator } };
    given = await givenHealthApp(adapter, { indicators, known: true });
    const up = { status: 'up' };
    expect(await probe('/health')).toMatchObject({ status: 200, body: { details: { disk: up, spare: up } } });
    const { body } = await probe('/health/ready');
    expect(body).toMatchObject({ status: 'ok', details: { disk: up, database: up } });
    expect(body).not.toHaveProperty('details.spare');
  });

  it.each([
    { ready: true, statusOfReady: 503 },
    { ready: false, statusOfReady: 200 },
  ])('report a throwing indicator with ready: $ready as down, and answer ready with $statusOfReady', async (case_) => {
    given = await givenHealthApp(adapter, { indicators: { licence: { use: BrokenIndicator, ready: case_.ready } } });
    const error = { licence: { status: 'down', message: 'no licence' } };
    expect(await probe('/health')).toMatchObject({ status: 503, body: { status: 'error', error } });
    expect((await probe('/health/ready')).status).toBe(case_.statusOfReady);
    for (const path of ['/health/live', '/health/started']) expect((await probe(path)).status).toBe(200);
  });

  it('report on /health that only the in-process tier exists', async () => {
    given = await givenHealthApp(adapter, { redis: null });
    expect(await probe('/health')).toMatchObject({
      status: 200,
      body: { status: 'ok', details: { redis: { status: 'up', mode: 'none', connected: false, tier: 'in-process' } } },
    });
  });
});

describe('HealthModule.forRoot', () => {
  const options: HealthOptions = {
    database: { schemaReady: true, ping: () => Promise.resolve() },
    cacheRequired: false,
    drainDelayMs: 0,
  };

  it('rejects indicators with the name of a report of its own', () => {
    const indicators = { redis: { use: BrokenIndicator }, queue: { use: BrokenIndicator } };
    expect(() => HealthModule.forRoot({ ...options, indicators })).toThrow(IndicatorNameTaken);
    expect(() => HealthModule.forRoot({ ...options, indicators })).toThrow('HealthModule reports "redis" itself.');
  });
});
