import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { Controller, Get, HttpCode, Param, UseInterceptors } from '@nestjs/common';
import type { NestApplication } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { CacheModule, CacheResponse, defineCache, HttpCacheInterceptor } from '@nuthatch/cache';
import { Metrics, MetricsModule } from '@nuthatch/observability/metrics';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { eventually } from '../../../test/support/eventually.js';
import { type AdapterName, adapters } from './logging-app.js';

const START = channel('http.server.request.start');

/** More than the buffers of a connection can hold. */
const LARGE = 'x'.repeat(32 * 2 ** 20);
/** Answer the requests of `/slow`, which wait for it. */
const waiting: (() => void)[] = [];
const userById = defineCache<string>('users.byId', { key: z.string().max(64), ttl: '30s' });

@Controller()
class AnsweringController {
  @Get('users/:id')
  find(@Param('id') id: string): string {
    return id;
  }

  @Get('cached/:id')
  @UseInterceptors(HttpCacheInterceptor)
  @CacheResponse(userById, ({ params }) => params['id'])
  async findCached(@Param('id') id: string): Promise<string> {
    return id;
  }

  @Get('large')
  large(): string {
    return LARGE;
  }

  @Get('slow')
  @HttpCode(202)
  slow(): Promise<string> {
    return new Promise((resolve) => void waiting.push(() => resolve('at last')));
  }
}

describe.each<AdapterName>(['fastify', 'express'])('the response times on %s', (adapter) => {
  afterEach(() => void waiting.splice(0));

  async function givenApp(imports = [MetricsModule.forRoot({ serve: 'off' })]): Promise<NestApplication> {
    const testing = await Test.createTestingModule({
      imports: [CacheModule.forRoot({ caches: [userById] }), ...imports],
      controllers: [AnsweringController],
    }).compile();
    const app = testing.createNestApplication<NestApplication>(adapters[adapter](), { logger: false });
    await app.listen(0, '127.0.0.1');
    onTestFinished(() => app.close());
    return app;
  }

  const request = async (app: NestApplication, path: string) =>
    (await fetch(`${await app.getUrl()}${path}`)).arrayBuffer();

  /** Opens a connection, and sends requests without waiting for the responses. */
  async function send(app: NestApplication, paths: readonly string[]) {
    const { port } = new URL(await app.getUrl());
    const socket = connect(Number(port), '127.0.0.1');
    for (const path of paths) socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    return socket;
  }

  it('have the pattern of the route and the status, and no route for an unknown path', async () => {
    const app = await givenApp();
    for (const path of ['/users/1', '/users/2?q=1', '/nowhere']) await request(app, path);
    await eventually(async () => expect(await countsOf(app)).toEqual({ 'GET /users/:id 200': '2', 'GET  404': '1' }));
  });

  it('have the status of each request that shares a connection, although a later one is answered first', async () => {
    const app = await givenApp();
    const socket = await send(app, ['/slow', '/users/1', '/nowhere']);
    await eventually(() => expect(waiting).toHaveLength(1));
    expect(await countsOf(app)).toEqual({});
    waiting[0]?.();
    await eventually(async () =>
      expect(await countsOf(app)).toEqual({ 'GET /slow 202': '1', 'GET /users/:id 200': '1', 'GET  404': '1' }),
    );
    socket.destroy();
  });

  it('have each request of a connection on which requests arrive while others wait', async () => {
    const app = await givenApp();
    const socket = await send(app, ['/slow', '/slow', '/slow']);
    await eventually(() => expect(waiting).toHaveLength(3));
    waiting[0]?.();
    await eventually(async () => expect(await countsOf(app)).toEqual({ 'GET /slow 202': '1' }));
    socket.write('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
    await eventually(() => expect(waiting).toHaveLength(4));
    for (const respond of waiting) respond();
    await eventually(async () => expect(await countsOf(app)).toEqual({ 'GET /slow 202': '4' }));
    socket.destroy();
  });

  it('have the status 499 for requests whose client disconnected', async () => {
    const app = await givenApp();
    const socket = await send(app, ['/users/1', '/slow', '/slow']);
    await eventually(() => expect(waiting).toHaveLength(2));
    socket.destroy();
    await eventually(async () =>
      expect(await countsOf(app)).toEqual({ 'GET /users/:id 200': '1', 'GET /slow 499': '2' }),
    );
  });

  it('have the status 499 for a client that disconnected in the middle of the body', async () => {
    const app = await givenApp();
    const socket = await send(app, ['/large']);
    await once(socket, 'readable');
    expect(await countsOf(app)).toEqual({});
    socket.destroy();
    await eventually(async () => expect(await countsOf(app)).toEqual({ 'GET /large 499': '1' }));
  });

  it('are those of one application, where a process has several', async () => {
    const [one, other] = [await givenApp(), await givenApp()];
    await request(one, '/users/1');
    await request(other, '/nowhere');
    await eventually(async () => expect(await countsOf(one)).toEqual({ 'GET /users/:id 200': '1' }));
    await eventually(async () => expect(await countsOf(other)).toEqual({ 'GET  404': '1' }));
  });

  it('leave no subscriber after the application closed', async () => {
    await request(await givenApp([]), '/users/1');
    expect(START.hasSubscribers).toBe(false);
    const measured = await givenApp();
    expect(START.hasSubscribers).toBe(true);
    await measured.close();
    expect(START.hasSubscribers).toBe(false);
  });

  it('reserve the member for the route as soon as a request has arrived', async () => {
    const app = await givenApp();
    const members: string[] = [];
    await whileObserving(
      (exchange) => members.push(...Object.getOwnPropertySymbols(exchange.request).map(String)),
      () => request(app, '/users/1'),
    );
    expect(members).toContain('Symbol(route)');
  });

  it('add a listener only to a response that takes longer than the turn of the event loop', async () => {
    const [plain, measured] = [await givenApp([]), await givenApp()];
    const hit = (app: NestApplication) => request(app, '/cached/1');
    for (const app of [plain, measured]) await hit(app);
    expect(await listenersOf(() => hit(measured))).toEqual(await listenersOf(() => hit(plain)));
    const ofPlain = await listenersOf(() => requestSlowly(plain));
    const ofMeasured = await listenersOf(() => requestSlowly(measured));
    expect(ofMeasured.toSorted()).toEqual([...ofPlain, 'close'].toSorted());
  });

  /** Sends a request that is answered after the turn of its arrival. */
  async function requestSlowly(app: NestApplication): Promise<void> {
    const answered = request(app, '/slow');
    await eventually(() => expect(waiting).toHaveLength(1));
    await new Promise(setImmediate);
    for (const respond of waiting.splice(0)) respond();
    await answered;
  }

  /** Returns the names of the listeners that the response of a request gets. */
  async function listenersOf(run: () => Promise<unknown>): Promise<readonly string[]> {
    const names: string[] = [];
    await whileObserving(({ response }) => response.on('newListener', (name: string) => names.push(name)), run);
    return names;
  }
});

/** Calls `observe` for each request that arrives during `run`, after the application has been told. */
async function whileObserving(
  observe: (exchange: { readonly request: IncomingMessage; readonly response: ServerResponse }) => unknown,
  run: () => Promise<unknown>,
): Promise<void> {
  const subscriber = (message: unknown) => void observe(message as Parameters<typeof observe>[0]);
  subscribe(START.name, subscriber);
  try {
    await run();
  } finally {
    unsubscribe(START.name, subscriber);
  }
}

/** Returns the number of responses by method, route and status. */
async function countsOf(app: NestApplication): Promise<Record<string, unknown>> {
  const { body } = await app.get(Metrics).scrape('text/plain');
  const counts = body.matchAll(
    /^http_server_request_duration_seconds_count\{http_request_method="(\w+)",http_route="([^"]*)",http_response_status_code="(\d+)"\} (\d+)$/gm,
  );
  return Object.fromEntries(
    [...counts].map(([, method, route, status, count]) => [`${method} ${route} ${status}`, count]),
  );
}
