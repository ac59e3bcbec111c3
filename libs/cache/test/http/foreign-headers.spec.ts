import type { ServerResponse } from 'node:http';
import { Controller, Get, Header, type INestApplication, Res, UseInterceptors } from '@nestjs/common';
import { describe, expect, it, vi } from 'vitest';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { adapters, givenServer } from '../given-server.js';
import { CacheResponse } from '../../src/http/cache-response.decorator.js';
import type { KeySource } from '../../src/http/route/cached-route.js';
import { HttpCacheInterceptor } from '../../src/http/http-cache.interceptor.js';

const numbers = defineCache<number>('numbers', { ttl: '30s' });
const stale = defineCache<number>('stale', { ttl: '1ms', staleIfError: '1h' });
const idOf = ({ params }: KeySource) => params['id'];
const publicly = { cacheControl: { scope: 'public', maxAge: '1m' } } as const;

interface Response {
  header(name: string, value: string): unknown;
  removeHeader(name: string): unknown;
  status(code: number): unknown;
  readonly raw?: { setHeader(name: string, value: string): void };
}

@Controller()
@UseInterceptors(HttpCacheInterceptor)
class NumbersController {
  calls = 0;

  @Get('open/:id')
  @CacheResponse(numbers, idOf, publicly)
  open(): number {
    return (this.calls += 1);
  }

  @Get('failing/:id')
  @Header('X-Shelf', 'top')
  @CacheResponse(stale, idOf, publicly)
  failing(@Res({ passthrough: true }) response: Response): number {
    this.calls += 1;
    if (this.calls === 1) return 1;
    response.header('Set-Cookie', 'session=mine');
    response.header('X-Shelf', 'bottom');
    response.raw?.setHeader('X-Raw', 'yes');
    response.status(202);
    throw new Error('failed');
  }

  @Get('typed/:id')
  @Header('Content-Type', 'application/geo+json')
  @CacheResponse(numbers, idOf)
  typed(): number {
    return (this.calls += 1);
  }

  @Get('removing/:id')
  @Header('X-Shelf', 'top')
  @CacheResponse(numbers, idOf)
  removing(@Res({ passthrough: true }) response: Response): number {
    response.removeHeader('X-Shelf');
    return (this.calls += 1);
  }
}

describe.each(adapters)('on %s', (adapter) => {
  const given = async (configure: (app: INestApplication) => void = () => {}) =>
    givenServer(adapter, { caches: [numbers, stale], controllers: [NumbersController], configure });

  it('a hit with a Set-Cookie header of the application is private to its requester', async () => {
    let visitors = 0;
    const { server } = await given((app) =>
      app.use((_: unknown, response: ServerResponse, next: () => void) => {
        visitors += 1;
        if (visitors > 1) response.setHeader('Set-Cookie', `visitor=${visitors}`);
        next();
      }),
    );
    const { headers } = await server.get('/open/1').expect('cache-control', 'public, max-age=60');
    const hit = await server.get('/open/1').expect('x-cache', 'HIT');
    expect([hit.headers['set-cookie'], hit.headers['cache-control']]).toEqual([['visitor=2'], 'private, no-cache']);
    await server
      .get('/open/1')
      .set('If-None-Match', headers['etag'] ?? '')
      .expect(304)
      .expect('cache-control', 'private, no-cache');
  });

  it('a stale-if-error answer has no headers of the handler that failed', async () => {
    const { server, app } = await given();
    await server.get('/failing/1').expect(200);
    await vi.waitFor(async () => {
      const { status, text, headers } = await server.get('/failing/1');
      expect(headers['cache-status']).toBe('nuthatch; fwd=stale; fwd-status=503; detail=stale-if-error');
      expect([status, text]).toEqual([200, '1']);
      expect(headers).toMatchObject({ 'x-shelf': 'top', 'cache-control': 'public, max-age=60' });
      for (const name of ['set-cookie', 'x-raw']) expect(headers).not.toHaveProperty(name);
    });
    expect(app.get(NumbersController).calls).toBeGreaterThan(1);
  });

  it('a declared JSON media type is sent on a miss and on a hit', async () => {
    const { server } = await given();
    for (const xCache of ['MISS', 'HIT']) {
      const { headers } = await server.get('/typed/1');
      expect([headers['x-cache'], headers['content-type']]).toEqual([
        xCache,
        expect.stringMatching(/^application\/geo\+json/),
      ]);
    }
  });

  it('an answer that is not stored is sent as JSON, and never as a 304', async () => {
    const { server } = await given();
    const { headers } = await server.get('/removing/1').expect(200);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    const again = await server.get('/removing/1').set('If-None-Match', headers['etag'] ?? '*');
    expect([again.status, again.text]).toEqual([200, '2']);
  });

  it('an answer without a declared header is sent and not stored', async () => {
    const { server } = await given();
    for (const text of ['1', '2']) {
      const { headers } = await server.get('/removing/1').expect(text);
      expect([headers['x-shelf'], headers['x-cache']]).toEqual([undefined, 'MISS']);
    }
  });
});
