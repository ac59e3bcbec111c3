import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener as Handler,
  type Server,
  type ServerResponse,
} from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import { connect, type AddressInfo, type Server as NetServer } from 'node:net';
import { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Controller, Get, HttpCode, Param, UseInterceptors } from '@nestjs/common';
import type { NestApplication } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { CacheModule, CacheResponse, defineCache, HttpCacheInterceptor } from '@nuthatch/cache';
import { Metrics, MetricsModule } from '@nuthatch/observability/metrics';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { eventually } from '../../../test/support/eventually.js';
import { CLIENT_CLOSED_REQUEST } from '../src/request/request-line.js';
import { listenToRequests, type RequestListener } from '../src/metrics/http/response-times.js';
import { type AdapterName, adapters } from './logging-app.js';

const START = channel('http.server.request.start');

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

describe(listenToRequests, () => {
  /** Returns a listener for requests that have ended. */
  const whenEnded = (ended: RequestListener['ended']): RequestListener => ({ arrived: () => {}, ended });

  const listen = async <S extends NetServer>(server: S): Promise<number> => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    return (server.address() as AddressInfo).port;
  };

  it('includes the servers of other addresses, which share the listener, and no other server', async () => {
    const handler: Handler = (_request, response) => void response.end();
    const [main, ofOtherAddress, foreign]: Server[] = [
      createServer(handler),
      createServer(handler),
      createServer((_request, response) => void response.end()),
    ];
    const seen: unknown[] = [];
    if (main)
      listenToRequests(
        main,
        whenEnded(({ url }, status) => seen.push([url, status])),
      );
    for (const [place, server] of [foreign, main, ofOtherAddress].entries()) {
      if (!server) continue;
      const port = await listen(server);
      await (await fetch(`http://127.0.0.1:${port}/${place}`, { headers: { connection: 'close' } })).text();
    }
    await eventually(() =>
      expect(seen).toEqual([
        ['/1', 200],
        ['/2', 200],
      ]),
    );
  });

  it('measures each request from its own arrival to the end of its response', async () => {
    const server = createServer((_request, response) => void setImmediate(() => response.end()));
    const seen: number[] = [];
    listenToRequests(
      server,
      whenEnded((_request, _status, durationMs) => seen.push(durationMs)),
    );
    const port = await listen(server);
    for (const times of [1, 2, 3]) {
      const sentAt = performance.now();
      await (await fetch(`http://127.0.0.1:${port}`)).text();
      await eventually(() => expect(seen).toHaveLength(times));
      expect(seen.at(-1)).toBeGreaterThan(0);
      expect(seen.at(-1)).toBeLessThan(performance.now() - sentAt);
    }
  });

  it('charges no request with the time of one that arrived later in the same turn', async () => {
    const blocked = 100;
    const server = createServer(({ url }, response) => {
      if (url === '/blocking') blockFor(blocked);
      response.end();
    });
    const durations = new Map<string | undefined, number>();
    listenToRequests(
      server,
      whenEnded(({ url }, _status, durationMs) => durations.set(url, durationMs)),
    );
    const port = await listen(server);
    const sockets = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    const sendTo = (place: number, path: string) => sockets[place]?.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    for (const [place, socket] of sockets.entries()) {
      sendTo(place, '/first');
      await once(socket, 'data');
    }
    // Both arrive before the event loop reads sockets again, so it reads them in one turn.
    await new Promise(setImmediate);
    sendTo(0, '/quick');
    sendTo(1, '/blocking');
    blockFor(blocked);
    await eventually(() => expect([...durations.keys()]).toEqual(['/first', '/quick', '/blocking']));
    expect(durations.get('/quick')).toBeLessThan(blocked);
    expect(durations.get('/blocking')).toBeGreaterThanOrEqual(blocked);
    for (const socket of sockets) socket.destroy();
  });

  it('ends a request with the status 499 if its client disconnected in the turn of its arrival', async () => {
    const server = createServer((_request, { socket }) => void socket?.destroy());
    const seen: number[] = [];
    listenToRequests(
      server,
      whenEnded((_request, status) => seen.push(status)),
    );
    await listen(server);
    // A connection of the system is closed in the next turn at the earliest.
    const socket = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() });
    server.emit('connection', socket);
    socket.push('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await eventually(() => expect(seen).toEqual([CLIENT_CLOSED_REQUEST]));
  });

  it('measures HTTP/2', async () => {
    const server = createHttp2Server((request, response) => {
      if (request.url === '/slow') request.stream.session?.destroy();
      else response.writeHead(201).end('ok');
    });
    const seen: unknown[] = [];
    listenToRequests(
      server,
      whenEnded(({ url }, status) => seen.push([url, status])),
    );
    const client = connectHttp2(`http://127.0.0.1:${await listen(server)}`);
    expect(await text(client.request({ ':path': '/quick' }))).toBe('ok');
    client.request({ ':path': '/slow' }).on('error', () => {});
    await eventually(() =>
      expect(seen).toEqual([
        ['/quick', 201],
        ['/slow', 499],
      ]),
    );
    client.destroy();
  });
});

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

/** Keeps the event loop from turning. */
function blockFor(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}
