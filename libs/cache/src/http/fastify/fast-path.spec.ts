import {
  type CanActivate,
  Controller,
  Get,
  Header,
  type INestApplication,
  type Type,
  UseGuards,
  UseInterceptors,
  VersioningType,
} from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, RouteConfig } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { CacheModule } from '../../cache.module.js';
import { CacheRegistry } from '../../core/cache-registry.js';
import { defineCache } from '../../core/policy/define-cache.js';
import { CacheResponse } from '../cache-response.decorator.js';
import { HttpCacheInterceptor } from '../http-cache.interceptor.js';
import { NoCache } from '../no-cache.decorator.js';

interface Item {
  readonly id: string;
  readonly count: number;
}

const itemById = defineCache<Item>('items', {
  key: z.string().regex(/^\d+$/),
  ttl: '30s',
  etag: ({ count }) => `${count}`,
  tags: () => ['all items'],
});
const key = ({ params }: { readonly params: Readonly<Record<string, unknown>> }) => params['id'];

class OpenGuard implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

@Controller('items')
@UseInterceptors(HttpCacheInterceptor)
class ItemsController {
  @Get('guarded/:id')
  @UseGuards(OpenGuard)
  @Header('X-Shelf', 'top')
  @CacheResponse(itemById, key)
  guarded(): Item {
    return { id: '1', count: 7 };
  }

  @Get(':id')
  @Header('X-Shelf', 'top')
  @CacheResponse(itemById, key)
  open(): Item {
    return { id: '1', count: 7 };
  }
}

let close = async (): Promise<void> => {};
afterEach(() => {
  vi.restoreAllMocks();
  return close();
});

async function start(
  controllers: Type<unknown> | Type<unknown>[],
  { adapter = new FastifyAdapter(), configure = () => {} }: Partial<Setup> = {},
) {
  const imports = [CacheModule.forRoot(), CacheModule.forFeature(itemById)];
  const testing = await Test.createTestingModule({ imports, controllers: [controllers].flat() }).compile();
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

describe('the fast path on Fastify', () => {
  it.each(['/items/1'])(
    'a hit on %s has the headers of a hit in the pipeline, and bypasses the pipeline',
    async (path) => {
      const { server, counters, pipeline } = await start(ItemsController);
      await server.get(path).expect(200);
      const guarded = await server.get('/items/guarded/1').expect(200);
      expect(pipeline).toHaveBeenCalledTimes(2);
      const before = counters();
      const hit = await server.get(path).expect(200);
      expect(pipeline).toHaveBeenCalledTimes(2);
      expect(hit.text).toBe(guarded.text);
      const { date: _, 'cache-status': status, ...headers } = hit.headers;
      expect(guarded.headers).toMatchObject(headers);
      expect(Object.keys(hit.headers).toSorted()).toEqual(Object.keys(guarded.headers).toSorted());
      expect(status).toMatch(/^nuthatch; hit; ttl=(2[6-9]|3[0-3]); detail=l1$/);
      expect(headers).toMatchObject({ 'x-shelf': 'top', 'cache-groups': '"all items"', etag: '"7"', 'x-cache': 'HIT' });
      const after = counters();
      expect([after?.hits, after?.gets, after?.tiers.l1.hits]).toEqual(
        [before?.hits, before?.gets, before?.tiers.l1.hits].map((count) => (count ?? 0) + 1),
      );
    },
  );

  it.each([
    // Only the first load and the failed precondition enter the pipeline.
    ['/items/1', 2],
    ['/items/guarded/1', 6],
  ])('a hit on %s answers HEAD and evaluates preconditions', async (path, calls) => {
    const { server, pipeline } = await start(ItemsController);
    await server.get(path);
    await server.get(path).set('If-None-Match', '"7"').expect(304);
    await server.head(path).set('If-None-Match', 'W/"7"').expect(304);
    await server.get(path).set('If-None-Match', '"8"').expect(200);
    const head = await server.head(path).expect(200);
    expect([head.headers['content-length'], head.headers['etag']]).toEqual(['20', '"7"']);
    expect((await server.get(path).set('If-Match', '"8"').expect(412)).headers['cache-control']).toBe('no-store');
    expect(pipeline).toHaveBeenCalledTimes(calls);
  });

  it('a hit is sent after every hook of the application', async () => {
    const hooks: string[] = [];
    const adapter = new FastifyAdapter();
    const fastify = adapter.getInstance();
    const note = (phase: string) => (incoming: { readonly url: string }, _: unknown, done: () => void) => {
      hooks.push(`${phase} ${incoming.url}`);
      done();
    };
    fastify.addHook('onRequest', note('onRequest'));
    fastify.addHook('preHandler', note('preHandler'));
    const { server } = await start(ItemsController, { adapter });
    await server.get('/items/1');
    hooks.length = 0;
    await server.get('/items/1');
    expect(hooks).toEqual(['onRequest /items/1', 'preHandler /items/1']);
  });

  it('a hit gets a 500 when the headers function of its route throws, and the process continues', async () => {
    @Controller()
    @UseInterceptors(HttpCacheInterceptor)
    class Failing {
      @Get('failing/:id')
      @CacheResponse(itemById, key, { headers: () => JSON.parse('') })
      failing(): Item {
        return { id: '1', count: 7 };
      }

      @Get('sound/:id')
      @CacheResponse(itemById, key)
      sound(): Item {
        return { id: '1', count: 7 };
      }
    }
    const { server, pipeline } = await start(Failing);
    await server.get('/sound/1').expect(200);
    await server.get('/failing/1').expect(500);
    await server.get('/sound/1').expect(200);
    expect(pipeline).toHaveBeenCalledTimes(2);
  });

  it('a hit enters the pipeline when a guard covers one of the classes that share its handler', async () => {
    @UseInterceptors(HttpCacheInterceptor)
    class Base {
      @Get(':id')
      @CacheResponse(itemById, key)
      find(): Item {
        return { id: '1', count: 7 };
      }
    }
    @Controller('open')
    class Open extends Base {}
    @Controller('guarded')
    @UseGuards(OpenGuard)
    class Guarded extends Base {}
    @Controller('never')
    @NoCache()
    class Never extends Base {}
    const { server, pipeline } = await start([Open, Guarded, Never]);
    for (const path of ['/open/1', '/guarded/1', '/open/1']) await server.get(path).expect(200);
    expect(pipeline).toHaveBeenCalledTimes(3);
    const { headers } = await server.get('/never/1').expect(200);
    expect([headers['x-cache'], headers['cache-control']]).toEqual([undefined, 'no-store']);
  });

  it.each([
    ['an Authorization header', '/items/1', { Authorization: 'Bearer a' }, 'BYPASS'],
    ['a Cookie header', '/items/1', { Cookie: 'session=a' }, 'BYPASS'],
  ])('a request with %s enters the pipeline', async (_, path, headers, answered) => {
    const { server, pipeline } = await start(ItemsController);
    await server.get('/items/1');
    const { headers: got } = await server.get(path).set(headers);
    expect([got['x-cache'], pipeline.mock.calls.length]).toEqual([answered, 2]);
  });

  it('a hit under a global prefix and a URI version bypasses the pipeline', async () => {
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

  it('@CacheResponse keeps the configuration of an earlier @RouteConfig', async () => {
    @Controller()
    @UseInterceptors(HttpCacheInterceptor)
    class Configured {
      @Get(':id')
      @CacheResponse(itemById, key)
      @RouteConfig({ own: true })
      find(): Item {
        return { id: '1', count: 7 };
      }
    }
    await expect(start(Configured)).resolves.toBeDefined();
  });

  it('a hit on Express enters the pipeline', async () => {
    const { server, pipeline } = await start(ItemsController, { adapter: new ExpressAdapter() });
    await server.get('/items/1').expect(200);
    expect((await server.get('/items/1').expect(200)).headers['x-cache']).toBe('HIT');
    expect(pipeline).toHaveBeenCalledTimes(2);
  });
});
