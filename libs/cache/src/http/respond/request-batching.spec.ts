import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import {
  type CanActivate,
  Controller,
  Get,
  type INestApplication,
  Injectable,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Adapter, adapters, givenServer } from '../../../test/given-server.js';
import { defineCache } from '../../core/policy/define-cache.js';
import { nextBatch } from './request-batching.js';
import { CacheResponse } from '../cache-response.decorator.js';
import type { KeySource } from '../route/cached-route.js';
import { HttpCacheInterceptor } from '../http-cache.interceptor.js';

describe(nextBatch, () => {
  it('nextBatch continues all waiting requests in their order, before work that they start', async () => {
    const seen: string[] = [];
    const answering = [1, 2].map(async (number) => {
      await nextBatch();
      seen.push(`answers ${number}`);
      setImmediate(() => seen.push('started'));
    });
    expect(seen).toEqual([]);
    await Promise.all(answering);
    expect(seen).toEqual(['answers 1', 'answers 2']);
  });

  it('nextBatch waits for the real event loop when a test has fake timers', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    await expect(nextBatch()).resolves.toBeUndefined();
  });

  it('nextBatch gives a later request a new batch', async () => {
    const first = nextBatch();
    await first;
    const second = nextBatch();
    expect(second).toBeInstanceOf(Promise);
    expect(second).not.toBe(first);
  });
});

const requesterName = new AsyncLocalStorage<string>();

const numbers = defineCache<number>('numbers', { ttl: '30s' });

@Injectable()
class OpenGuard implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

type Begin = (name: string, next: () => void) => Promise<void>;

/** Calls `begin` for each request, before Nest's own handling. */
function beginEach(app: INestApplication, adapter: Adapter, begin: Begin): void {
  if (adapter === 'Express') {
    app.use(({ headers: sent }: Request, _: Response, next: NextFunction) => {
      void begin(String(sent['x-name']), next);
    });
  } else {
    const fastify: FastifyHooks = app.getHttpAdapter().getInstance();
    fastify.addHook('onRequest', ({ headers: sent }, _, done) => {
      void begin(String(sent['x-name']), done);
    });
  }
}

/** Delays the requests with these names until all of them have arrived. Each then continues in its own async context. */
function whenAllHaveArrived(names: readonly string[]): Begin {
  const missing = new Set(names);
  const all = Promise.withResolvers<void>();
  return (name, next) =>
    requesterName.run(name, async () => {
      missing.delete(name);
      if (missing.size === 0) all.resolve();
      if (names.includes(name)) await all.promise;
      next();
    });
}

const events: string[] = [];

/** Adds the name of the requester, from the async context of the call. */
function headers() {
  const name = requesterName.getStore() ?? 'unknown';
  events.push(`${name} is answered`);
  return { 'x-requester': name };
}

const idOf = ({ params }: KeySource) => params['id'];

@Controller()
@UseInterceptors(HttpCacheInterceptor)
class NumbersController {
  @Get('open/:id')
  @CacheResponse(numbers, idOf, { headers })
  open(): number {
    return 1;
  }

  @Get('guarded/:id')
  @UseGuards(OpenGuard)
  @CacheResponse(numbers, idOf, { headers })
  guarded(): number {
    return 1;
  }
}

describe.each(adapters)('on %s', (adapter) => {
  it.each(['open', 'guarded'])(
    'each hit of a batch is answered in the async context of its request (%s)',
    async (path) => {
      const names = Array.from({ length: 20 }, (_, index) => `name ${index}`);
      const begin = whenAllHaveArrived(names);
      const { server } = await givenServer(adapter, {
        caches: [numbers],
        controllers: [NumbersController],
        configure: (app) => beginEach(app, adapter, begin),
      });
      await server.get(`/${path}/1`).expect(200);
      const answers = await Promise.all(names.map((name) => server.get(`/${path}/1`).set('X-Name', name)));
      expect(answers.map(({ headers: received }) => received['x-cache'])).toEqual(names.map(() => 'HIT'));
      expect(answers.map(({ headers: received }) => received['x-requester'])).toEqual(names);
    },
  );

  it.each(['open', 'guarded'])(
    'all requests that have arrived are read before the first is answered (%s)',
    async (path) => {
      const { app } = await givenServer(adapter, {
        caches: [numbers],
        controllers: [NumbersController],
        configure: (configured) =>
          beginEach(configured, adapter, async (name, next) => {
            events.push(`${name} is read`);
            requesterName.run(name, next);
          }),
      });
      const sockets = await Promise.all([1, 2].map(() => connectTo(app)));
      // Requests on new connections would arrive one after the other.
      for (const socket of sockets) await answersOf([socket], path);
      events.length = 0;
      for (const answer of await answersOf(sockets, path)) expect(answer).toMatch(/x-cache: HIT/i);
      expect(events.map((event) => event.replace(/^\w+ is /, ''))).toEqual(['read', 'read', 'answered', 'answered']);
    },
  );
});

async function connectTo(app: INestApplication): Promise<Socket> {
  const { hostname, port } = new URL(await app.getUrl());
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Sends one request per socket, all in one turn of the event loop. */
function answersOf(sockets: readonly Socket[], path: string): Promise<string[]> {
  const answers = sockets.map(async (socket) => String(await once(socket, 'data')));
  for (const socket of sockets) socket.write(`GET /${path}/1 HTTP/1.1\r\nHost: a\r\nX-Name: ann\r\n\r\n`);
  return Promise.all(answers);
}

interface FastifyHooks {
  addHook(
    name: 'onRequest',
    hook: (request: { readonly headers: IncomingMessage['headers'] }, reply: unknown, done: () => void) => void,
  ): unknown;
}
