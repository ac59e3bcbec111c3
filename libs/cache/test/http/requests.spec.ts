import {
  All,
  Controller,
  Delete,
  Get,
  type INestApplication,
  NotFoundException,
  Param,
  Patch,
  Post,
  Put,
  Query,
  StandardSchemaValidationPipe,
  UseInterceptors,
} from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Cache } from '../../src/core/cache.js';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { InjectCache } from '../../src/inject-cache.decorator.js';
import { adapters, givenServer } from '../given-server.js';
import { CacheResponse } from '../../src/http/cache-response.decorator.js';
import type { KeySource } from '../../src/http/route/cached-route.js';
import { HttpCacheInterceptor } from '../../src/http/http-cache.interceptor.js';

const search = z.strictObject({ q: z.string(), page: z.coerce.number().int().default(1) });
type Search = z.output<typeof search>;
const policy = { ttl: '30s' } as const;
const searches = defineCache<string, Search>('searches', { key: search, ...policy });
const loose = defineCache<string, Search>('loose', { key: z.object(search.shape), ...policy });
const items = defineCache<number>('items', { negativeTtl: '5s', ...policy });
const idOf = ({ params }: KeySource) => params['id'];

@Controller()
@UseInterceptors(HttpCacheInterceptor)
class SearchController {
  calls = 0;

  constructor(@InjectCache(items) private readonly cache: Cache<string, number>) {}

  @Get('search')
  @CacheResponse(searches, ({ query }) => query)
  search(@Query({ schema: search }) { q, page }: Search): string {
    this.calls += 1;
    return `${q} ${page}`;
  }

  @Get('loose')
  @CacheResponse(loose, ({ query }) => query)
  loose(@Query('q') q: string): string {
    this.calls += 1;
    return q;
  }

  @Get('trimmed')
  @CacheResponse(items, ({ query }) => z.string().parse(query['q']).trim())
  trimmed(@Query('q', { schema: z.string() }) _q: string): number {
    return 1;
  }

  @Get('items/:id')
  @CacheResponse(items, idOf)
  async find(@Param('id') id: string): Promise<number> {
    const found = await this.cache.readThrough(id, async () => {
      this.calls += 1;
      if (id === 'broken') throw new Error('broken');
      return id === 'none' ? undefined : 1;
    });
    if (found === undefined) throw new NotFoundException();
    return found;
  }

  @Post('items/:id')
  @CacheResponse(items, idOf)
  post(): number {
    return (this.calls += 1);
  }

  @Put('items/:id')
  @CacheResponse(items, idOf)
  put(): number {
    return (this.calls += 1);
  }

  @Patch('items/:id')
  @CacheResponse(items, idOf)
  patch(): number {
    return (this.calls += 1);
  }

  @All('any/:id')
  @CacheResponse(items, idOf)
  any(): number {
    return (this.calls += 1);
  }

  @Delete('items/:id')
  @CacheResponse(items, idOf)
  delete(): number {
    return (this.calls += 1);
  }
}

describe.each(adapters)('on %s', (adapter) => {
  const given = async () => {
    const configure = (app: INestApplication) => app.useGlobalPipes(new StandardSchemaValidationPipe());
    const caches = [searches, loose, items];
    const { server, app } = await givenServer(adapter, { caches, controllers: [SearchController], configure });
    return { server, controller: app.get(SearchController) };
  };

  it('HEAD is answered from the entry of GET, and fills it for GET (nestjs/nest#6427)', async () => {
    const { server, controller } = await given();
    const miss = await server.head('/items/1').expect(200);
    const get = await server.get('/items/1').expect(200);
    const hit = await server.head('/items/1').expect(200);
    expect([miss, get, hit].map(({ headers }) => headers['x-cache'])).toEqual(['MISS', 'HIT', 'HIT']);
    expect([miss.headers['etag'], hit.headers['etag']]).toEqual([get.headers['etag'], get.headers['etag']]);
    expect([miss.text ?? '', hit.text ?? '', controller.calls]).toEqual(['', '', 1]);
  });

  it.each([
    ['post', '/items/1'],
    ['put', '/items/1'],
    ['patch', '/items/1'],
    ['delete', '/items/1'],
    ['post', '/any/1'],
    ['delete', '/any/1'],
  ] as const)('the cache neither answers nor stores %s %s', async (method, path) => {
    const { server, controller } = await given();
    for (const calls of [1, 2]) {
      const { text, headers } = await server[method](path);
      expect(text).toBe(`${calls}`);
      for (const name of ['cache-status', 'x-cache']) expect(headers).not.toHaveProperty(name);
    }
    for (const xCache of ['MISS', 'HIT']) expect((await server.get('/items/1')).headers['x-cache']).toBe(xCache);
    expect(controller.calls).toBe(3);
    const { text, headers } = await server[method](path);
    expect(text).toBe('4');
    expect(headers).not.toHaveProperty('x-cache');
  });

  it('a cached route of @All answers GET from its cache', async () => {
    const { server } = await given();
    for (const xCache of ['MISS', 'HIT']) expect((await server.get('/any/1')).headers['x-cache']).toBe(xCache);
  });

  it.each([
    { 'Cache-Control': 'no-cache' },
    { 'Cache-Control': 'max-age=0' },
    { 'Cache-Control': 'no-store' },
    { Pragma: 'no-cache' },
  ])('a client cannot bypass the cache with %j', async (wish) => {
    const { server, controller } = await given();
    await server.get('/items/1');
    expect((await server.get('/items/1').set(wish)).headers['x-cache']).toBe('HIT');
    expect(controller.calls).toBe(1);
  });

  it('queries that differ only in order and spelling share one entry (nestjs/cache-manager#1093)', async () => {
    const { server, controller } = await given();
    for (const query of ['q=a&page=1', 'page=1&q=a', 'q=a', 'q=%61&page=01']) {
      expect((await server.get(`/search?${query}`).expect(200)).body).toBe('a 1');
    }
    expect(controller.calls).toBe(1);
    expect((await server.get('/search?q=a&page=2').expect(200)).body).toBe('a 2');
  });

  it('an unknown query parameter causes no further load', async () => {
    const { server, controller } = await given();
    await server.get('/search?q=a').expect(200);
    for (const random of ['1', '2', '3']) await server.get(`/search?q=a&x=${random}`).expect(400);
    expect(controller.calls).toBe(1);
    for (const random of ['1', '2', '3'])
      expect((await server.get(`/loose?q=a&x=${random}`).expect(200)).body).toBe('a');
    expect(controller.calls).toBe(2);
  });

  it('keys of 2,000 characters that differ in the last one have separate entries', async () => {
    const { server, controller } = await given();
    const long = 'x'.repeat(2_000);
    for (const xCache of ['MISS', 'HIT']) {
      for (const end of ['a', 'b']) {
        const { body, headers } = await server.get(`/search?q=${long}${end}`).expect(200);
        expect([body, headers['x-cache']]).toEqual([`${long}${end} 1`, xCache]);
      }
    }
    expect(controller.calls).toBe(2);
  });

  it('a missing value is cached, and the handler answers its 404 (nestjs/nest#10225)', async () => {
    const { server, controller } = await given();
    const statuses = [await server.get('/items/none').expect(404), await server.get('/items/none').expect(404)];
    expect(statuses.map(({ headers }) => headers['cache-status']?.replace(/\d/, 'n'))).toEqual([
      undefined,
      'nuthatch; hit; ttl=n; detail=negative',
    ]);
    expect(controller.calls).toBe(1);
    for (const { headers } of statuses) expect(headers['cache-control']).toBe('no-store');
  });

  it('an error has Cache-Control: no-store and no other cache header', async () => {
    const { server, controller } = await given();
    for (const calls of [1, 2]) {
      const { headers } = await server.get('/items/broken').expect(500);
      for (const name of ['cache-status', 'x-cache']) expect(headers).not.toHaveProperty(name);
      expect([headers['cache-control'], controller.calls]).toEqual(['no-store', calls]);
    }
  });

  it('pipes answer a request for which the key function throws', async () => {
    const { server } = await given();
    const statuses = ['?q=a', '', '?q=a&q=b'].map(async (query) => (await server.get(`/trimmed${query}`)).status);
    expect(await Promise.all(statuses)).toEqual([200, 400, 400]);
  });
});
