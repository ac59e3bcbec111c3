import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { connect } from 'node:net';
import {
  Controller,
  ForbiddenException,
  Get,
  type INestApplication,
  Module,
  type NestModule,
  NotFoundException,
  Param,
  ParseIntPipe,
  Req,
  UseInterceptors,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { CacheModule } from '../../cache.module.js';
import { CacheRegistry } from '../../core/cache-registry.js';
import { LoadContext } from '../../core/context/load-context.js';
import { type CachePolicy, defineCache } from '../../core/policy/define-cache.js';
import { CacheResponse } from '../cache-response.decorator.js';
import { HttpCacheInterceptor } from '../http-cache.interceptor.js';

interface Hooked {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly raw: { user?: unknown };
}

type Hook = (request: Hooked, reply: { code(status: number): { send(body: string): void } }, done: () => void) => void;

/** A hook of the application between the cached route's hook and Nest's pipeline. */
const between = vi.fn<Hook>((_request, _reply, done) => done());

/** Adds the hook behind the cached route's: its module is configured after the cache's. */
@Module({})
class HookModule implements NestModule {
  constructor(private readonly host: HttpAdapterHost) {}

  configure(): void {
    const fastify: { addHook(name: 'onRoute', hook: (route: { preHandler?: Hook | Hook[] }) => void): unknown } =
      this.host.httpAdapter.getInstance();
    fastify.addHook('onRoute', (route) => {
      const hook: Hook = (incoming, reply, done) => between(incoming, reply, done);
      route.preHandler = [route.preHandler ?? [], hook].flat();
    });
  }
}

const key = vi.fn(({ params }: { readonly params: Readonly<Record<string, unknown>> }) => params['id']);
const load = vi.fn(async (_headers: Hooked['headers']): Promise<number> => 1);
const tenant = new AsyncLocalStorage<string>();

afterEach(() => {
  vi.clearAllMocks();
  between.mockImplementation((_request, _reply, done) => done());
  load.mockImplementation(async () => 1);
});

async function given(policy: Partial<CachePolicy<string, number>> = {}, configure = (_app: INestApplication) => {}) {
  const numbers = defineCache<number>('numbers', { ttl: '30s', ...policy });

  @Controller()
  @UseInterceptors(HttpCacheInterceptor)
  class NumbersController {
    @Get(':id')
    @CacheResponse(numbers, key)
    find(@Param('id', ParseIntPipe) _id: number, @Req() { headers }: Hooked): Promise<number> {
      return load(headers);
    }
  }

  const testing = await Test.createTestingModule({
    imports: [CacheModule.forRoot(), CacheModule.forFeature(numbers), HookModule],
    controllers: [NumbersController],
  }).compile();
  const app = testing.createNestApplication(new FastifyAdapter(), { logger: false });
  onTestFinished(() => app.close());
  configure(app);
  await app.listen(0, '127.0.0.1');
  const url = new URL(await app.getUrl());
  const registry = app.get(CacheRegistry);
  return { server: request(url.origin), port: Number(url.port), cache: registry.find(numbers) };
}

/** Sends the request now: supertest waits for its first listener. */
const sent = (test: request.Test): Promise<request.Response> => Promise.resolve(test);
const eventually = (assertion: () => unknown): Promise<unknown> => vi.waitFor(assertion, { timeout: 4_000 });

describe('the one read of a request on Fastify', () => {
  it('a miss computes one key and makes one read, whose load is the handler in the pipeline', async () => {
    const { server, cache } = await given();
    await server.get('/1').expect('x-cache', 'MISS').expect(200, '1');
    expect(key).toHaveBeenCalledOnce();
    expect(load).toHaveBeenCalledOnce();
    expect(cache.counters()).toMatchObject({ gets: 1, misses: 1, loads: 1, tiers: { l1: { hits: 0, misses: 1 } } });
  });

  it('a hit is answered before the hooks that follow', async () => {
    const { server } = await given();
    await server.get('/1');
    await server.get('/1').expect('x-cache', 'HIT');
    expect(between).toHaveBeenCalledOnce();
  });

  it('a pipe that rejects the request gives the lease back', async () => {
    const { server, cache } = await given();
    await server.get('/x').expect(400);
    expect((await cache.explain('x')).state).toBe('absent');
    expect(load).not.toHaveBeenCalled();
  });

  it('a request loads on its own when the origin refuses the request whose load it joined', async () => {
    const { server, cache } = await given();
    const both = Promise.withResolvers<void>();
    load.mockImplementation(async (headers) => {
      await both.promise;
      if (headers['x-name'] === 'bob') throw new ForbiddenException();
      return 1;
    });
    const refused = sent(server.get('/1').set('X-Name', 'bob').expect(403));
    await eventually(() => expect(load).toHaveBeenCalledOnce());
    const answered = sent(server.get('/1').set('X-Name', 'ann').expect(200, '1'));
    await eventually(() => expect(cache.counters().collapsed).toBe(1));
    both.resolve();
    await Promise.all([refused, answered]);
  });

  it('requests that joined a load receive its 404', async () => {
    const { server, cache } = await given();
    const both = Promise.withResolvers<void>();
    load.mockImplementation(async () => {
      await both.promise;
      throw new NotFoundException();
    });
    const first = sent(server.get('/1').expect(404));
    await eventually(() => expect(load).toHaveBeenCalledOnce());
    const second = sent(server.get('/1').expect(404));
    await eventually(() => expect(cache.counters().collapsed).toBe(1));
    both.resolve();
    await Promise.all([first, second]);
  });

  it('a load is abandoned when a later hook answers, and the waiting requests share the next load', async () => {
    const { server, cache } = await given();
    const refuse = Promise.withResolvers<void>();
    between.mockImplementationOnce((_request, reply) => {
      void refuse.promise.then(() => reply.code(429).send('later'));
    });
    const refused = sent(server.get('/1').expect(429));
    await eventually(() => expect(between).toHaveBeenCalledOnce());
    const waiting = [1, 2, 3].map(() => sent(server.get('/1').expect(200, '1')));
    await eventually(() => expect(cache.counters().collapsed).toBe(3));
    refuse.resolve();
    await Promise.all([refused, ...waiting]);
    expect(load).toHaveBeenCalledOnce();
    expect(cache.counters()).toMatchObject({ gets: 3, errors: 0 });
  });

  it('a load is abandoned when its client disconnects before the pipeline, and the waiting requests share the next load', async () => {
    const { server, port, cache } = await given();
    let proceed = (): void => {};
    between.mockImplementationOnce((_request, _reply, done) => {
      proceed = done;
    });
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /1 HTTP/1.1\r\nHost: a\r\n\r\n');
    await eventually(() => expect(between).toHaveBeenCalledOnce());
    const waiting = [1, 2, 3].map(() => sent(server.get('/1').expect(200, '1')));
    await eventually(() => expect(cache.counters().collapsed).toBe(3));
    socket.destroy();
    await once(socket, 'close');
    await Promise.all(waiting);
    expect(load).toHaveBeenCalledOnce();
    proceed();
    await eventually(async () => expect((await cache.explain('1')).state).toBe('l1'));
  });

  it('a later hook reads outside of the load, and the handler in it', async () => {
    const { server } = await given();
    const contexts: boolean[] = [];
    between.mockImplementationOnce((_request, _reply, done) => {
      contexts.push(LoadContext.current !== undefined);
      done();
    });
    load.mockImplementationOnce(async () => {
      contexts.push(LoadContext.current !== undefined);
      return 1;
    });
    await server.get('/1').expect(200, '1');
    expect(contexts).toEqual([false, true]);
  });

  it('the handler runs in the async context that a later hook opens', async () => {
    const { server } = await given();
    between.mockImplementationOnce((_request, _reply, done) => tenant.run('8', done));
    load.mockImplementationOnce(async () => Number(tenant.getStore()));
    expect((await server.get('/1')).text).toBe('8');
  });

  it('a request whose requester a later hook identifies bypasses the shared entry', async () => {
    const { server, cache } = await given();
    between.mockImplementationOnce(({ raw }, _reply, done) => {
      raw.user = { id: 'ann' };
      done();
    });
    await server.get('/1').expect('x-cache', 'BYPASS').expect(200, '1');
    expect((await cache.explain('1')).state).toBe('absent');
  });

  it('the handler runs in the async context of its request', async () => {
    const { server } = await given({}, (app) => {
      app.use((incoming: Hooked, _: unknown, next: () => void) => tenant.run(String(incoming.headers['x-name']), next));
    });
    load.mockImplementation(async () => Number(tenant.getStore()));
    expect((await server.get('/1').set('X-Name', '7')).text).toBe('7');
  });

  it('a stale entry is refreshed by the handler after the response', async () => {
    const { server, cache } = await given({ ttl: '1ms', staleWhileRevalidate: '1h' });
    await server.get('/1').expect(200, '1');
    load.mockImplementation(async () => 2);
    await eventually(async () => {
      const { headers, text } = await server.get('/1').expect(200);
      expect([headers['x-cache'], text]).toEqual(['STALE', '2']);
    });
    expect(cache.counters()).toMatchObject({ errors: 0 });
  });

  it('a known absence is answered with the error of the handler, which loads nothing', async () => {
    const { server, cache } = await given({ negativeTtl: '1h' });
    load.mockImplementation(async () => {
      throw new NotFoundException('no such number');
    });
    await cache.readThrough('1', async () => undefined);
    const { status, headers, text } = await server.get('/1');
    expect([status, text]).toEqual([404, expect.stringContaining('no such number')]);
    expect(headers['cache-status']).toMatch(/hit.*detail=negative/);
    expect(cache.counters()).toMatchObject({ loads: 1 });
  });
});
