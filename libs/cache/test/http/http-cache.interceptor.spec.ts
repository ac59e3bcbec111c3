import { createHash } from 'node:crypto';
import { Controller, Get, Header, NotFoundException, Param, Post, Query, UseInterceptors } from '@nestjs/common';
import { z } from 'zod';
import type { Response } from 'supertest';
import { describe, expect, it, vi } from 'vitest';
import { Cache } from '../../src/core/cache.js';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { InjectCache } from '../../src/inject-cache.decorator.js';
import { messagePack } from '../../src/msgpack/message-pack.js';
import { adapters, givenServer } from '../given-server.js';
import { CacheResponse } from '../../src/http/cache-response.decorator.js';
import { HttpCacheInterceptor } from '../../src/http/http-cache.interceptor.js';

interface Item {
  readonly id: string;
  readonly count: number;
}

const itemById = defineCache<Item>('items.byId', {
  key: z.string().regex(/^\d+$/),
  ttl: '30s',
  negativeTtl: '5s',
  etag: ({ count }) => `${count}`,
});
const answers = defineCache<string | null, { q: string }>('answers', {
  key: z.strictObject({ q: z.string() }),
  ttl: '30s',
});

const news = defineCache<readonly string[]>('news', {
  ttl: '1ms',
  staleWhileRevalidate: '5m',
});

@Controller('items')
@UseInterceptors(HttpCacheInterceptor)
class ItemsController {
  #count = 0;

  constructor(@InjectCache(itemById) private readonly items: Cache<string, Item>) {}

  @Get('answers')
  @CacheResponse(answers, ({ query }) => query)
  answer(@Query('q') q: string): string | null {
    this.#count += 1;
    return q === 'nothing' ? null : `${q} ${this.#count}`;
  }

  @Get('news')
  @Header('X-Paper', 'Morning Post')
  @CacheResponse(news, () => 'news')
  findNews(): readonly string[] {
    return ['nothing new'];
  }

  @Get('plain')
  plain(): string {
    return 'plain';
  }

  @Get('stored/:id')
  @CacheResponse(itemById, ({ params }) => params['id'])
  async findStored(@Param('id') id: string): Promise<Item> {
    const item = await this.items.readThrough(id, async () => undefined);
    if (!item) throw new NotFoundException();
    return item;
  }

  @Get(':id')
  @CacheResponse(itemById, ({ params }) => params['id'])
  findOne(@Param('id') id: string): Item {
    this.#count += 1;
    return { id, count: this.#count };
  }

  @Post(':id')
  @Header('X-Posted', 'yes')
  @CacheResponse(itemById, ({ params }) => params['id'])
  post(@Param('id') id: string): Item {
    return { id, count: -1 };
  }
}

/** A 304 has no headers that describe a body (RFC 9110 §15.4.5). */
function expectNoBody({ text, headers }: Response): void {
  expect(text ?? '').toBe('');
  for (const name of ['content-length', 'content-type', 'transfer-encoding']) expect(headers).not.toHaveProperty(name);
}

describe.each(adapters)(`${HttpCacheInterceptor.name} on %s`, (name) => {
  let items: Cache<string, Item>;

  async function givenItems() {
    const caches = [itemById, answers, news];
    const { server, cacheOf } = await givenServer(name, { caches, controllers: [ItemsController] });
    items = cacheOf(itemById);
    return server;
  }

  it('a hit has the bytes and headers of its miss, and reports itself as a hit (nestjs/cache-manager#473, nestjs/nest#13888)', async () => {
    const server = await givenItems();
    const miss = await server.get('/items/1').expect(200);
    const hit = await server.get('/items/1').expect(200);
    expect(miss.headers['x-cache']).toBe('MISS');
    expect(miss.headers['cache-status']).toMatch(
      /^nuthatch; fwd=uri-miss; fwd-status=200; stored; ttl=(2[7-9]|3[0-3])$/,
    );
    expect(hit.headers['x-cache']).toBe('HIT');
    expect(hit.headers['cache-status']).toMatch(/^nuthatch; hit; ttl=(2[7-9]|3[0-3]); detail=l1$/);
    expect(hit.text).toBe(miss.text);
    for (const header of ['content-type', 'etag', 'cache-control', 'content-length']) {
      expect([header, hit.headers[header]]).toEqual([header, miss.headers[header]]);
    }
    expect(hit.headers['etag']).toBe('"1"');
    expect(hit.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it('the handler runs once for 50 concurrent requests (strapi-community/plugin-rest-cache#130)', async () => {
    const server = await givenItems();
    const responses = await Promise.all(Array.from({ length: 50 }, () => server.get('/items/1').expect(200)));
    expect(new Set(responses.map(({ text }) => text))).toEqual(new Set(['{"id":"1","count":1}']));
  });

  it('a hit replays a bare string and null as JSON', async () => {
    const server = await givenItems();
    for (const [query, body] of [
      ['?q=word', '"word 1"'],
      ['?q=nothing', 'null'],
    ]) {
      expect((await server.get(`/items/answers${query}`)).text).toBe(body);
      expect((await server.get(`/items/answers${query}`)).text).toBe(body);
    }
  });

  it('the handler answers a request whose key the schema rejects', async () => {
    const server = await givenItems();
    const responses = [await server.get('/items/answers?q=a&x=1'), await server.get('/items/answers?q=a&x=1')];
    expect(responses.map(({ text, headers }) => [text, headers['x-cache']])).toEqual([
      ['"a 1"', undefined],
      ['"a 2"', undefined],
    ]);
  });

  it('the handler answers a request that joined a load without a value', async () => {
    const server = await givenItems();
    const found = Promise.withResolvers<undefined>();
    const loading = items.readThrough('5', () => found.promise);
    const joining = server.get('/items/stored/5').expect(404);
    const joined = joining.then((response) => response.headers['cache-status']);
    await vi.waitFor(() => expect(items.counters().collapsed).toBe(1));
    found.resolve(undefined);
    expect([await loading, await joined]).toEqual([undefined, 'nuthatch; fwd=uri-miss; collapsed']);
    expect(items.counters().loads).toBe(1);
  });

  describe.each(['get', 'head'] as const)('%s', (method) => {
    it('a conditional request gets a 304 with the headers of the 200 and without its body, on a miss and on a hit', async () => {
      const server = await givenItems();
      for (const xCache of ['MISS', 'HIT']) {
        const response = await server[method]('/items/1').set('If-None-Match', 'W/"0", "1"').expect(304);
        expect(response.headers).toMatchObject({
          etag: '"1"',
          'x-cache': xCache,
          'cache-status': expect.stringMatching(xCache === 'HIT' ? /; hit; ttl=\d+; detail=l1$/ : /; stored; ttl=\d+$/),
          'cache-control': 'private, no-cache',
        });
        expectNoBody(response);
      }
    });

    it('a conditional request gets a 304 from a stale entry', async () => {
      const server = await givenItems();
      const { headers } = await server.get('/items/news').expect(200);
      const etag = headers['etag'] ?? '';
      const response = await server[method]('/items/news').set('If-None-Match', etag).expect(304);
      expect(response.headers).toMatchObject({ etag, 'x-cache': 'STALE', 'x-paper': 'Morning Post' });
      expectNoBody(response);
    });

    it('a conditional request gets a 200 if its tag differs or is malformed', async () => {
      const server = await givenItems();
      const { text } = await server.get('/items/1');
      // Express alone would find the tag in the second field.
      for (const field of ['"2"', '"2" x, "1"']) {
        const response = await server[method]('/items/1').set('If-None-Match', field).expect(200);
        expect(response.text ?? '').toBe(method === 'get' ? text : '');
      }
    });

    it('a conditional request gets a 412 if If-Match has another version', async () => {
      const server = await givenItems();
      const refused = await server[method]('/items/1').set('If-Match', '"2"').expect(412);
      expect(refused.headers).toMatchObject({ 'cache-control': 'no-store', etag: '"1"' });
      for (const header of ['cache-status', 'x-cache']) expect(refused.headers).not.toHaveProperty(header);
      await server[method]('/items/1').set('If-Match', '"1"').expect(200);
    });

    it('a conditional request gets the same error as an unconditional one', async () => {
      const server = await givenItems();
      const conditions = [{ 'If-Match': '"1"' }, { 'If-Match': '"1"' }, { 'If-None-Match': '*' }];
      const statuses = [];
      for (const condition of conditions) {
        const { status, headers } = await server[method]('/items/stored/6').set(condition);
        statuses.push([status, headers['cache-status']?.split('; ').at(-1)]);
      }
      expect(statuses).toEqual([
        [404, undefined],
        [404, 'detail=negative'],
        [404, 'detail=negative'],
      ]);
    });
  });

  it('a precondition is evaluated even if the request has Cache-Control: no-cache', async () => {
    const server = await givenItems();
    await server.get('/items/1');
    // RFC 9111 §5.2.1.4 applies to caches between client and server. Express alone would send a 200.
    const response = await server.get('/items/1').set({ 'If-None-Match': '"1"', 'Cache-Control': 'no-cache' });
    expect(response.status).toBe(304);
  });

  it('an answer without an etag in its policy has a weak tag that is the digest of its text', async () => {
    const server = await givenItems();
    const miss = await server.get('/items/answers?q=a').expect(200);
    const hit = await server.get('/items/answers?q=a').expect(200);
    expect([miss.headers['x-cache'], hit.headers['x-cache']]).toEqual(['MISS', 'HIT']);
    const etag = `W/"${createHash('sha256').update(miss.text).digest('base64url').slice(0, 22)}"`;
    expect([miss.headers['etag'], hit.headers['etag']]).toEqual([etag, etag]);
    const other = await server.get('/items/answers?q=b').expect(200);
    expect(other.headers['etag']).toMatch(/^W\/"[\w-]{22}"$/);
    expect(other.headers['etag']).not.toBe(etag);
    const head = await server.head('/items/answers?q=a').set('If-None-Match', etag).expect(304);
    expect(head.headers['etag']).toBe(etag);
  });

  it('routes without @CacheResponse and unsafe methods have no cache headers', async () => {
    const server = await givenItems();
    expect((await server.get('/items/plain')).headers['x-cache']).toBeUndefined();
    const posted = await server.post('/items/4').expect(201);
    expect([posted.body.count, posted.headers['x-cache']]).toEqual([-1, undefined]);
  });
});

describe(CacheResponse, () => {
  it('@CacheResponse rejects a cache with a codec', () => {
    const bytes = defineCache<Item>('items.bytes', { ...itemById, codec: messagePack });
    expect(() => CacheResponse(bytes, ({ params }) => params['id'])).toThrow(/"items.bytes"/);
  });
});
