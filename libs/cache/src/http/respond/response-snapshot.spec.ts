import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import {
  Controller,
  Get,
  Header,
  HttpCode,
  type INestApplication,
  Param,
  Res,
  StreamableFile,
  UseInterceptors,
} from '@nestjs/common';
import { describe, expect, it, vi } from 'vitest';
import { Cache } from '../../core/cache.js';
import { defineCache } from '../../core/policy/define-cache.js';
import { InjectCache } from '../../inject-cache.decorator.js';
import { adapters, givenServer } from '../../../test/given-server.js';
import { CacheResponse } from '../cache-response.decorator.js';
import { HttpCacheInterceptor } from '../http-cache.interceptor.js';

const answers = defineCache<unknown>('answers', { ttl: '30s' });
const stale = defineCache<number>('stale', {
  ttl: '1ms',
  staleWhileRevalidate: '5m',
});
const key = ({ params }: { readonly params: Readonly<Record<string, unknown>> }) => params['what'];

/** The parts that Fastify's reply and Express's response have in common. */
interface Response {
  readonly raw?: { setHeader(name: string, value: string): void };
  setHeader?(name: string, value: string): void;
  header(name: string, value: string): unknown;
  status(code: number): unknown;
}

const raw = (response: Response) => response.raw ?? { setHeader: response.setHeader?.bind(response) ?? (() => {}) };

/** Servers pipe it, although it is no stream of Node. */
class Piped {
  pipe<T extends { end(text: string): unknown }>(target: T): T {
    target.end('bytes');
    return target;
  }
  on(): this {
    return this;
  }
  once(): this {
    return this;
  }
  destroy(): void {}
}

/** Handlers that do more than return a value. */
const actions: Readonly<Record<string, (response: Response) => unknown>> = {
  'a cookie': (response) => response.header('Set-Cookie', 'session=mine'),
  'a raw cookie': (response) => {
    raw(response).setHeader('Set-Cookie', 'session=mine');
  },
  Vary: (response) => response.header('Vary', 'User-Agent'),
  'a header': (response) => response.header('X-Mine', 'yes'),
  'a status': (response) => response.status(203),
  'a stream': () => Readable.from(['{"n":0}']),
  'a web stream': () => new Blob(['bytes']).stream(),
  'a stream of another class': () => new Piped(),
  bytes: () => Buffer.from('bytes'),
  'a file': () => new StreamableFile(Buffer.from('bytes')),
};

@Controller()
@UseInterceptors(HttpCacheInterceptor)
class AnswersController {
  calls = 0;
  /** Delays the handler until it resolves. */
  gate: Promise<unknown> = Promise.resolve();

  constructor(@InjectCache(answers) readonly cache: Cache<string, unknown>) {}

  @Get('acts/:what')
  @CacheResponse(answers, key)
  async act(@Param('what') what: string, @Res({ passthrough: true }) response: Response): Promise<unknown> {
    const n = (this.calls += 1);
    await this.gate;
    const body = actions[what]?.(response);
    return ArrayBuffer.isView(body) || (body instanceof Object && !('send' in body)) ? body : { n };
  }

  @Get('declared/:what')
  @HttpCode(203)
  @Header('X-Shelf', 'top')
  @CacheResponse(answers, key, { cacheControl: { scope: 'public', maxAge: '1m' } })
  declared(): unknown {
    return { n: (this.calls += 1) };
  }

  @Get('public/:what')
  @CacheResponse(answers, key, { cacheControl: { scope: 'public', maxAge: '1m' } })
  public(@Res({ passthrough: true }) response: Response): unknown {
    response.header('Set-Cookie', 'session=mine');
    return { n: (this.calls += 1) };
  }

  @Get('stale/:what')
  @CacheResponse(stale, key)
  async stale(@Param('what') what: string, @Res({ passthrough: true }) response: Response): Promise<number> {
    const n = (this.calls += 1);
    await this.gate;
    if (what === 'sometimes' && n > 1) response.header('X-Mine', 'yes');
    return n;
  }
}

describe.each(adapters)('on %s', (adapter) => {
  const givenAnswers = async (configure?: (app: INestApplication) => void) => {
    const given = await givenServer(adapter, {
      caches: [answers, stale],
      controllers: [AnswersController],
      ...(configure && { configure }),
    });
    return { ...given, controller: given.app.get(AnswersController) };
  };

  it.each(Object.keys(actions))(
    'an answer with %s is sent and not stored (nestjs/nest#10575, nestjs/nest#10905, nestjs/nest PR #11066)',
    async (what) => {
      const { server, controller } = await givenAnswers();
      for (const calls of [1, 2]) {
        const { headers, status } = await server
          .get(`/acts/${encodeURIComponent(what)}`)
          .timeout(1_000)
          .buffer(false);
        expect(controller.calls).toBe(calls);
        expect(headers['x-cache']).toBe('MISS');
        expect(headers['cache-status']).toBe(`nuthatch; fwd=uri-miss; fwd-status=${status}`);
        expect(headers['cache-control']).toBe('private, no-cache');
      }
      expect(await controller.cache.get(what)).toBeUndefined();
    },
  );

  it.each([['session=mine'], ['session=mine', 'theme=dark']])(
    'an answer is not stored when a middleware set the cookies %j',
    async (...cookies) => {
      const { server, controller } = await givenAnswers((app) => {
        app.use((_: unknown, response: ServerResponse, next: () => void) => {
          response.setHeader('Set-Cookie', cookies);
          next();
        });
      });
      for (const calls of [1, 2]) {
        await server.get('/acts/nothing').expect('set-cookie', cookies.join(','));
        expect(controller.calls).toBe(calls);
      }
    },
  );

  it('an answer is stored when the handler only returns a value', async () => {
    const { server, controller } = await givenAnswers();
    for (const _ of [1, 2]) expect((await server.get('/acts/nothing')).text).toBe('{"n":1}');
    expect(controller.calls).toBe(1);
  });

  it('an answer with a cookie is not shared with concurrent requests', async () => {
    const { server, controller } = await givenAnswers();
    const gate = Promise.withResolvers<void>();
    controller.gate = gate.promise;
    const path = `/acts/${encodeURIComponent('a cookie')}`;
    const requesting = [1, 2, 3].map(() => server.get(path).then(({ body }) => body.n));
    await vi.waitFor(() => expect(controller.cache.counters().collapsed).toBe(2));
    gate.resolve();
    expect(new Set(await Promise.all(requesting)).size).toBe(3);
    expect(controller.calls).toBe(3);
  });

  it('an answer with a cookie is not shared with concurrent reads in the process', async () => {
    const { server, controller } = await givenAnswers();
    const gate = Promise.withResolvers<void>();
    controller.gate = gate.promise;
    const requesting = server.get(`/acts/${encodeURIComponent('a cookie')}`).then(({ body }) => body.n);
    await vi.waitFor(() => expect(controller.calls).toBe(1));
    const { cache } = controller;
    const reading = cache.readThrough('a cookie', async () => 'my own');
    const batch = cache.readThroughMany(['a cookie', 'b'], async (keys) => new Map(keys.map((each) => [each, 'ours'])));
    await vi.waitFor(() => expect(cache.counters().collapsed).toBe(2));
    gate.resolve();
    expect([await requesting, await reading, await batch]).toEqual([1, 'my own', ['ours', 'ours']]);
  });

  it('an answer with a cookie is private on a public route', async () => {
    const { server } = await givenAnswers();
    const { headers } = await server.get('/public/1');
    expect(headers['cache-control']).toBe('private, no-cache');
  });

  it('a hit has the declared status and headers', async () => {
    const { server } = await givenAnswers();
    for (const xCache of ['MISS', 'HIT']) {
      const { status, headers, text } = await server.get('/declared/1');
      expect([status, text]).toEqual([203, '{"n":1}']);
      expect(headers).toMatchObject({ 'x-shelf': 'top', 'x-cache': xCache, 'cache-control': 'public, max-age=60' });
    }
  });

  it('a background refresh replaces a stale entry after the response was sent', async () => {
    const { server, controller } = await givenAnswers();
    await server.get('/stale/1');
    const gate = Promise.withResolvers<void>();
    controller.gate = gate.promise;
    expect((await server.get('/stale/1')).body).toBe(1);
    gate.resolve();
    await vi.waitFor(async () => expect((await server.get('/stale/1')).body).toBeGreaterThan(1));
  });

  it('a background refresh whose handler sets a header does not replace the stale entry', async () => {
    const { server, controller } = await givenAnswers();
    await server.get('/stale/sometimes');
    expect((await server.get('/stale/sometimes')).body).toBe(1);
    await vi.waitFor(() => expect(controller.calls).toBe(2));
    for (const calls of [3, 4]) {
      expect((await server.get('/stale/sometimes')).body).toBe(1);
      await vi.waitFor(() => expect(controller.calls).toBe(calls));
    }
  });
});
