import { Controller, Get, type INestApplication, Param, Post, Res, UseInterceptors } from '@nestjs/common';
import { describe, expect, it, vi } from 'vitest';
import { Cache } from '../../core/cache.js';
import { defineCache } from '../../core/policy/define-cache.js';
import { InjectCache } from '../../inject-cache.decorator.js';
import { adapters, givenServer } from '../../../test/given-server.js';
import { CacheResponse } from '../cache-response.decorator.js';
import type { KeySource } from '../route/cached-route.js';
import { cacheControl, type ClientCaching } from './cache-control.js';
import { HttpCacheInterceptor } from '../http-cache.interceptor.js';

interface Report {
  readonly id: string;
  readonly changedAt: string;
}

const reports = defineCache<Report>('reports', {
  ttl: '30s',
  lastModified: ({ changedAt }) => changedAt,
  tags: (id) => ['reports', `report "${id}"`],
});
const idOf = ({ params }: KeySource) => params['id'];
const longAgo = '2026-01-01T00:00:00.700Z';

@Controller()
@UseInterceptors(HttpCacheInterceptor)
class ReportsController {
  constructor(@InjectCache(reports) private readonly cache: Cache<string, Report>) {}

  @Get('plain/:id')
  @CacheResponse(reports, idOf)
  plain(@Param('id') id: string): Report {
    return { id, changedAt: longAgo };
  }

  @Get('kept/:id')
  @CacheResponse(reports, idOf, {
    cacheControl: { scope: 'public', maxAge: '1m', staleWhileRevalidate: '5m', staleIfError: '1h' },
    headers: ({ id }, { query }) => ({ Link: `</${id}>; rel="next"`, 'X-Page': JSON.stringify(query['page'] ?? '1') }),
  })
  kept(@Param('id') id: string): Report {
    return { id, changedAt: longAgo };
  }

  @Get('new/:id')
  @CacheResponse(reports, idOf)
  justChanged(@Param('id') id: string): Report {
    return { id, changedAt: new Date(Date.UTC(9999, 0)).toISOString() };
  }

  @Post('plain/:id')
  async write(@Param('id') id: string): Promise<string> {
    await this.cache.writeInvalidate(id, async (tx) => tx.invalidateTags(['lists']), {
      tags: ['reports', 'a "quoted" \\ tag', 'Grüße'],
    });
    return 'written';
  }

  @Post('fail/:id')
  async fail(@Param('id') id: string): Promise<void> {
    await this.cache.writeInvalidate(id, () => Promise.reject(new Error('no')), { tags: ['reports'] });
  }

  @Post('sent/:id')
  async sent(@Param('id') id: string, @Res() response: { send(text: string): unknown }): Promise<void> {
    await this.cache.invalidateTags(['reports', id]);
    response.send('sent');
  }

  @Post('idle')
  idle(): string {
    return 'idle';
  }
}

describe.each(adapters)('on %s', (adapter) => {
  const given = async (configure: (app: INestApplication) => void = () => {}) => {
    const controllers = [ReportsController];
    const { server, cacheOf } = await givenServer(adapter, { caches: [reports], controllers, configure });
    return { server, cache: cacheOf(reports) };
  };

  it('an answer is private and needs revalidation before each use by default', async () => {
    const { server } = await given();
    for (const _ of ['a miss', 'a hit']) {
      const { headers } = await server.get('/plain/1').expect('cache-control', 'private, no-cache');
      expect(headers).not.toHaveProperty('age');
    }
  });

  it('an answer has the cacheControl and the headers of its route, and its age, also as a 304', async () => {
    const { server } = await given();
    const expected = {
      'cache-control': 'public, max-age=60, stale-while-revalidate=300, stale-if-error=3600',
      age: expect.stringMatching(/^[01]$/),
      link: '</1>; rel="next"',
    };
    for (const xCache of ['MISS', 'HIT']) {
      const { headers } = await server.get('/kept/1?page=2').expect(200);
      expect(headers).toMatchObject({ ...expected, 'x-cache': xCache, 'x-page': '"2"' });
      const { headers: unchanged } = await server
        .get('/kept/1')
        .set('If-None-Match', headers['etag'] ?? '')
        .expect(304);
      expect(unchanged).toMatchObject({ ...expected, etag: headers['etag'], 'x-page': '"1"' });
    }
  });

  it('an answer has Last-Modified, and preconditions with dates are evaluated', async () => {
    const { server } = await given();
    const date = 'Thu, 01 Jan 2026 00:00:00 GMT';
    for (const _ of ['a miss', 'a hit']) {
      await server.get('/plain/1').expect(200).expect('last-modified', date);
      await server.get('/plain/1').set('If-Modified-Since', date).expect(304).expect('last-modified', date);
      await server.get('/plain/1').set('If-Modified-Since', 'Wed, 31 Dec 2025 23:59:59 GMT').expect(200);
      await server.get('/plain/1').set('If-Unmodified-Since', 'Wed, 31 Dec 2025 23:59:59 GMT').expect(412);
    }
    expect((await server.get('/new/2').expect(200)).headers).not.toHaveProperty('last-modified');
    // A bypassed answer has no date: its handler may have read an old value from another cache.
    const bypassed = await server.get('/plain/1').set({ Cookie: 'a=b', 'If-Modified-Since': date }).expect(200);
    expect(bypassed.headers).toMatchObject({ 'x-cache': 'BYPASS' });
    expect(bypassed.headers).not.toHaveProperty('last-modified');
  });

  it('a read sends Cache-Groups on a miss and on a hit, and a write sends Cache-Group-Invalidation', async () => {
    const { server, cache } = await given();
    for (const _ of ['a miss', 'a hit']) {
      const { headers } = await server.get('/plain/1').expect(200);
      expect(headers['cache-groups']).toBe(String.raw`"reports", "report \"1\""`);
      expect(headers).not.toHaveProperty('cache-group-invalidation');
    }
    const { headers } = await server.post('/plain/1').expect(201);
    // A string of RFC 9651 contains ASCII only, so the third tag leaves as its digest.
    expect(headers['cache-group-invalidation']).toMatch(/^"reports", "a \\"quoted\\" \\\\ tag", "[\w-]{22}", "lists"$/);
    expect(headers).not.toHaveProperty('cache-groups');
    expect(await cache.get('1')).toBeUndefined();
    expect((await server.post('/idle').expect(201)).headers).not.toHaveProperty('cache-group-invalidation');
  });

  it('a write that fails sends no Cache-Group-Invalidation', async () => {
    const { server } = await given();
    expect((await server.post('/fail/1').expect(500)).headers).not.toHaveProperty('cache-group-invalidation');
  });

  it('an answer that a write sends by itself is left unchanged', async () => {
    const caught = vi.fn<(error: unknown) => void>();
    const { server } = await given((app) => app.useGlobalFilters({ catch: caught }));
    expect((await server.post('/sent/1')).text).toBe('sent');
    expect(caught).not.toHaveBeenCalled();
  });
});

describe(cacheControl, () => {
  it.each<[ClientCaching, string]>([
    [{}, 'private, no-cache'],
    [{ scope: 'public' }, 'public, no-cache'],
    [{ maxAge: '90s' }, 'private, max-age=90'],
  ])('cacheControl(%j) returns %s', (options, expected) => {
    expect(cacheControl(options)).toBe(expected);
  });

  it('cacheControl lists fractions of seconds and times without maxAge in one error', () => {
    expect(() => cacheControl({ maxAge: '1500ms', staleIfError: '1h' })).toThrow(/maxAge "1500ms".*whole seconds/);
    expect(() => cacheControl({ staleWhileRevalidate: '10ms', staleIfError: '1h' })).toThrow(
      /staleWhileRevalidate "10ms"[^]*staleWhileRevalidate starts[^]*staleIfError starts at the end of maxAge/,
    );
  });
});
