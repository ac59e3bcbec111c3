import {
  Controller,
  Get,
  Header,
  type INestApplication,
  type Type,
  UseInterceptors,
  VersioningType,
} from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, RouteConfig } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { CacheModule } from '../cache.module.js';
import { CacheRegistry } from '../core/cache-registry.js';
import { defineCache } from '../core/cache-definition.js';
import { CacheResponse } from './cache-response.decorator.js';
import { HttpCacheInterceptor } from './http-cache.interceptor.js';

interface Item {
  readonly id: string;
  readonly count: number;
}

const itemById = defineCache<string, Item>({
  name: 'items',
  version: 1,
  key: z.string().regex(/^\d+$/),
  ttl: '30s',
  etag: ({ count }) => `${count}`,
  tags: () => ['all items'],
});
const early = { early: true } as const;

@Controller('items')
@UseInterceptors(HttpCacheInterceptor)
class ItemsController {
  @Get('late/:id')
  @Header('X-Shelf', 'top')
  @CacheResponse(itemById, ({ params }) => params['id'])
  late(): Item {
    return { id: '1', count: 7 };
  }

  @Get(':id')
  @Header('X-Shelf', 'top')
  @CacheResponse(itemById, ({ params }) => params['id'], early)
  early(): Item {
    return { id: '1', count: 7 };
  }
}

let close = async (): Promise<void> => {};
afterEach(() => {
  vi.restoreAllMocks();
  return close();
});

async function start(
  controller: Type<unknown>,
  { adapter = new FastifyAdapter(), configure = () => {} }: Partial<Setup> = {},
) {
  const imports = [CacheModule.forRoot(), CacheModule.forFeature(itemById)];
  const testing = await Test.createTestingModule({ imports, controllers: [controller] }).compile();
  const app = testing.createNestApplication(adapter, { logger: false });
  close = () => app.close();
  configure(app);
  await app.listen(0, '127.0.0.1');
  const counters = () => app.get(CacheRegistry).counters()['items'];
  const pipeline = vi.spyOn(HttpCacheInterceptor.prototype, 'intercept');
  return { server: request(await app.getUrl()), counters, pipeline };
}

interface Setup {
  readonly adapter: FastifyAdapter | ExpressAdapter;
  readonly configure: (app: INestApplication) => void;
}

describe('an early route', () => {
  it('answers a hit with the headers of the interceptor, before the pipeline', async () => {
    const { server, counters, pipeline } = await start(ItemsController);
    await server.get('/items/1').expect(200);
    const late = await server.get('/items/late/1').expect(200);
    expect(pipeline).toHaveBeenCalledTimes(2);
    const before = counters();
    const hit = await server.get('/items/1').expect(200);
    expect(pipeline).toHaveBeenCalledTimes(2);
    expect(hit.text).toBe(late.text);
    const { date: _, 'cache-status': status, ...headers } = hit.headers;
    expect(late.headers).toMatchObject(headers);
    expect(Object.keys(hit.headers).toSorted()).toEqual(Object.keys(late.headers).toSorted());
    expect(status).toMatch(/^nuthatch; hit; ttl=(2[6-9]|3[0-3]); detail=l1$/);
    expect(headers).toMatchObject({ 'x-shelf': 'top', 'cache-groups': '"all items"', etag: '"7"', 'x-cache': 'HIT' });
    const after = counters();
    expect([after?.hits, after?.gets, after?.tiers.l1.hits]).toEqual(
      [before?.hits, before?.gets, before?.tiers.l1.hits].map((count) => (count ?? 0) + 1),
    );
  });

  it('answers HEAD and conditions as the interceptor does', async () => {
    const { server, pipeline } = await start(ItemsController);
    await server.get('/items/1');
    for (const path of ['/items/1', '/items/late/1']) {
      await server.get(path).set('If-None-Match', '"7"').expect(304);
      await server.head(path).set('If-None-Match', 'W/"7"').expect(304);
      await server.get(path).set('If-None-Match', '"8"').expect(200);
      const head = await server.head(path).expect(200);
      expect([head.headers['content-length'], head.headers['etag']]).toEqual(['20', '"7"']);
      expect((await server.get(path).set('If-Match', '"8"').expect(412)).headers['cache-control']).toBe('no-store');
    }
    // The first load, the failed condition, and all five of the other route.
    expect(pipeline).toHaveBeenCalledTimes(7);
  });

  it.each([
    ['who asks', '/items/1', { Authorization: 'Bearer a' }, 'BYPASS'],
    ['who asks by a cookie', '/items/1', { Cookie: 'session=a' }, 'BYPASS'],
    ['what its key says nothing of', '/items/1?x=1', {}, 'HIT'],
  ])('leaves a request to the pipeline that tells %s', async (_, path, headers, answered) => {
    const { server, pipeline } = await start(ItemsController);
    await server.get('/items/1');
    const { headers: got } = await server.get(path).set(headers);
    expect([got['x-cache'], pipeline.mock.calls.length]).toEqual([answered, 2]);
  });

  it('is found under a prefix and a version', async () => {
    const { server, pipeline } = await start(ItemsController, {
      configure: (app) => {
        app.setGlobalPrefix('api');
        app.enableVersioning({ type: VersioningType.URI, defaultVersion: '2' });
      },
    });
    await server.get('/api/v2/items/1').expect(200);
    expect((await server.get('/api/v2/items/1').expect(200)).headers['x-cache']).toBe('HIT');
    expect(pipeline).toHaveBeenCalledTimes(1);
    await server.get('/items/1').expect(404);
  });

  it('keeps what @RouteConfig said before it', async () => {
    @Controller()
    @UseInterceptors(HttpCacheInterceptor)
    class Configured {
      @Get(':id')
      @CacheResponse(itemById, ({ params }) => params['id'], early)
      @RouteConfig({ own: true })
      find(): Item {
        return { id: '1', count: 7 };
      }
    }
    await expect(start(Configured)).resolves.toBeDefined();
  });

  it('is answered by the interceptor on Express', async () => {
    const { server, pipeline } = await start(ItemsController, { adapter: new ExpressAdapter() });
    await server.get('/items/1').expect(200);
    expect((await server.get('/items/1').expect(200)).headers['x-cache']).toBe('HIT');
    expect(pipeline).toHaveBeenCalledTimes(2);
  });
});
