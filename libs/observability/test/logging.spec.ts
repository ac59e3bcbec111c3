import type { NestApplication } from '@nestjs/core';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { AppLogger, startRequestTime } from '@nuthatch/observability';
import { type AdapterName, givenLoggingApp, lines } from './logging-app.js';

describe.each<AdapterName>(['fastify', 'express'])('the log on %s', (adapter) => {
  let app: NestApplication;

  beforeEach(async () => {
    app = await givenLoggingApp(adapter, 'debug');
  });
  afterEach(() => app.close());

  /** Requests a path and returns the lines written meanwhile: those of Nest first, the request line last. */
  async function linesOf(path: string, init?: RequestInit): Promise<Record<string, unknown>[]> {
    lines.length = 0;
    await (await fetch(`${await app.getUrl()}${path}`, init)).arrayBuffer();
    await eventually(() => expect(lines.at(-1)).toMatchObject({ msg: 'request completed' }));
    return [...lines];
  }

  /** Sends a target that fetch would normalise, and returns the request line. */
  async function lineOf(target: string): Promise<Record<string, unknown> | undefined> {
    lines.length = 0;
    const { port } = new URL(await app.getUrl());
    request({ host: '127.0.0.1', port, path: target, agent: false }, (answer) => answer.resume()).end();
    await eventually(() => expect(lines.at(-1)).toMatchObject({ msg: 'request completed' }));
    return lines.at(-1);
  }

  it('contains one line per request, with the cache and its result', async () => {
    const missed = await linesOf('/users/1');
    expect(missed.at(-1)).toMatchObject({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      method: 'GET',
      path: '/users/1',
      status: 200,
      durationMs: expect.any(Number),
      clientAddress: '127.0.0.1',
      requestId: expect.any(String),
      cache: { name: 'users.byId', result: 'miss' },
    });
    const [hit, ...others] = await linesOf('/users/1');
    expect(others).toEqual([]);
    expect(hit).toMatchObject({ cache: { name: 'users.byId', result: 'hit', tier: 'l1', ageMs: expect.any(Number) } });
  });

  it('measures `durationMs` from the arrival of a request that waited', async () => {
    app.getHttpServer().prependOnceListener('request', (_request: IncomingMessage, response: ServerResponse) => {
      const arrivedAt = Date.now() - 500;
      const clock = vi.spyOn(Date, 'now').mockReturnValueOnce(arrivedAt);
      startRequestTime(response);
      clock.mockRestore();
    });
    const [line] = await linesOf('/seen');
    expect(line?.['durationMs']).toBeGreaterThanOrEqual(500);
  });

  it('has no `cache` on a route that is not cached', async () => {
    const [line] = await linesOf('/seen');
    expect(line).not.toHaveProperty('cache');
  });

  it('contains the lines of the Nest logger, with the id of the request', async () => {
    const [nest, own] = await linesOf('/users/2');
    expect(nest).toMatchObject({ level: 'info', context: 'Talking', msg: 'looked a user up' });
    expect(nest?.['requestId']).toBe(own?.['requestId']);
    for (const line of [nest, own]) expect(Object.keys(line ?? {})).not.toContain('req');
    expect(own).not.toHaveProperty('res');
  });

  it('contains no query, no header, no body and no e-mail address', async () => {
    const headers = { authorization: 'Bearer s3cret', cookie: 'session=s3cret' };
    for (const path of ['/users/3?q=s3cret', '/users/ada@example.com', '/users/ada%40example.com', '/leaking']) {
      const written = JSON.stringify(await linesOf(path, { headers }));
      expect(written).not.toMatch(/ada(@|%40)/);
      expect(written).not.toContain('s3cret');
    }
  });

  it('renders no request, which would cost more than the rest of a hit in memory', async () => {
    const toJSON = vi.fn(() => 'rendered');
    const arrived = (message: unknown): void =>
      void Object.assign((message as { request: object }).request, { toJSON });
    subscribe('http.server.request.start', arrived);
    onTestFinished(() => void unsubscribe('http.server.request.start', arrived));
    await linesOf('/users/3');
    await linesOf('/broken');
    expect(toJSON).not.toHaveBeenCalled();
  });

  it('contains only the path of an absolute-form request target', async () => {
    const line = await lineOf('http://bob:s3cret@example.org/users/4?q=1');
    expect(line).toMatchObject({ path: '/users/4', level: 'info' });
    expect(await lineOf('http://example.org/health/ready')).toMatchObject({ path: '/health/ready', level: 'debug' });
  });

  it('logs 5xx as error, 4xx as info, probes as debug', async () => {
    expect((await linesOf('/broken')).at(-1)).toMatchObject({ level: 'error', status: 500 });
    expect((await linesOf('/nowhere')).at(-1)).toMatchObject({ level: 'info', status: 404 });
    expect((await linesOf('/health/ready')).at(-1)).toMatchObject({ level: 'debug', status: 200 });
    expect((await linesOf('/healthy')).at(-1)).toMatchObject({ level: 'info' });
  });

  it('writes the lines of a successful boot at debug, other lines of Nest at info', () => {
    const logger = app.get(AppLogger);
    for (const context of ['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication']) {
      logger.log('Mapped {/users, GET} route', context);
      expect(lines.at(-1)).toMatchObject({ level: 'debug', context });
    }
    logger.log('Seeded 10 users', 'Seed');
    expect(lines.at(-1)).toMatchObject({ level: 'info', context: 'Seed', msg: 'Seeded 10 users' });
  });

  it('writes the error of a failed listen at debug, because listen rejects with it, and other errors at error', () => {
    const logger = app.get(AppLogger);
    logger.error('Error: listen EADDRINUSE', undefined, 'NestApplication');
    expect(lines.at(-1)).toMatchObject({ level: 'debug', context: 'NestApplication', msg: 'Error: listen EADDRINUSE' });
    logger.error('broken', undefined, 'Users');
    expect(lines.at(-1)).toMatchObject({ level: 'error', context: 'Users', msg: 'broken' });
  });

  it('marks a request as aborted when the client disconnects', async () => {
    const disconnect = new AbortController();
    const failure = fetch(`${await app.getUrl()}/slow`, { signal: disconnect.signal }).catch(reasonOf);
    await eventually(async () => expect(await connections(app)).toBeGreaterThan(0));
    disconnect.abort();
    expect(await failure).toBe('AbortError');
    await eventually(() =>
      expect(lines.at(-1)).toMatchObject({ path: '/slow', status: 499, aborted: true, msg: 'request aborted' }),
    );
  });
});

describe('the request id on express', () => {
  it.each([
    ['a-valid.ID_1', /^a-valid\.ID_1$/],
    ['short', /^[\da-f-]{36}$/],
    ['a'.repeat(129), /^[\da-f-]{36}$/],
    ['with a space', /^[\da-f-]{36}$/],
    [undefined, /^[\da-f-]{36}$/],
  ])('copies a valid x-request-id and replaces an invalid one by a UUID: %s', async (sent, id) => {
    const app = await givenLoggingApp('express', 'info');
    await fetch(`${await app.getUrl()}/seen`, { headers: sent === undefined ? {} : { 'x-request-id': sent } });
    await eventually(() => expect(lines.at(-1)).toMatchObject({ requestId: expect.stringMatching(id) }));
    await app.close();
  });
});

const reasonOf = (error: unknown): unknown => (error instanceof Error ? error.name : error);

function connections(app: NestApplication): Promise<number> {
  return new Promise((resolve) =>
    app.getHttpServer().getConnections((_error: unknown, count: number) => resolve(count)),
  );
}
