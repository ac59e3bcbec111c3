import { channel } from 'node:diagnostics_channel';
import { createServer, type RequestListener, type Server, ServerResponse } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import { connect, type AddressInfo, type Server as NetServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { Controller, Get, HttpCode, Param, Res } from '@nestjs/common';
import type { NestApplication } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { CacheModule } from '@nuthatch/cache';
import { Metrics, MetricsModule } from '@nuthatch/observability/metrics';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { onResponse } from '../src/metrics/http/response-times.js';
import { type AdapterName, adapters } from './logging-app.js';

const CHANNELS = ['http.server.request.start', 'http.server.response.finish'];

/** Answer the requests of `/slow`, which wait for it. */
const waiting: (() => void)[] = [];
/** The numbers of listeners of the last response. */
let listeners: readonly number[] = [];

@Controller()
class AnsweringController {
  @Get('users/:id')
  find(@Param('id') id: string, @Res({ passthrough: true }) response: { raw?: ServerResponse }): string {
    const raw = response.raw ?? response;
    listeners =
      raw instanceof ServerResponse ? ['close', 'finish', 'error'].map((name) => raw.listenerCount(name)) : [];
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
      imports: [CacheModule.forRoot({}), ...imports],
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

  it('add no listener to a response, and leave no subscriber after the application closed', async () => {
    const plain = await givenApp([]);
    await request(plain, '/users/1');
    const without = listeners;
    expect(without).toHaveLength(3);
    expect(CHANNELS.map((name) => channel(name).hasSubscribers)).toEqual([false, false]);
    const measured = await givenApp();
    await request(measured, '/users/1');
    expect(listeners).toEqual(without);
    expect(CHANNELS.map((name) => channel(name).hasSubscribers)).toEqual([true, true]);
    await measured.close();
    expect(CHANNELS.map((name) => channel(name).hasSubscribers)).toEqual([false, false]);
  });
});

describe(onResponse, () => {
  const listen = async <S extends NetServer>(server: S): Promise<number> => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    return (server.address() as AddressInfo).port;
  };

  it('includes the servers of other addresses, which share the listener, and no other server', async () => {
    const listener: RequestListener = (_request, response) => void response.end();
    const [main, ofOtherAddress, foreign]: Server[] = [
      createServer(listener),
      createServer(listener),
      createServer((_request, response) => void response.end()),
    ];
    const seen: unknown[] = [];
    if (main) onResponse(main, ({ url }, status) => seen.push([url, status]));
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
    onResponse(server, (_request, _status, startedAt) => seen.push(performance.now() - startedAt));
    const port = await listen(server);
    for (const times of [1, 2, 3]) {
      const sentAt = performance.now();
      await (await fetch(`http://127.0.0.1:${port}`)).text();
      await eventually(() => expect(seen).toHaveLength(times));
      expect(seen.at(-1)).toBeGreaterThan(0);
      expect(seen.at(-1)).toBeLessThan(performance.now() - sentAt);
    }
  });

  it('measures HTTP/2', async () => {
    const server = createHttp2Server((request, response) => {
      if (request.url === '/slow') request.stream.session?.destroy();
      else response.writeHead(201).end('ok');
    });
    const seen: unknown[] = [];
    onResponse(server, ({ url }, status) => seen.push([url, status]));
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
