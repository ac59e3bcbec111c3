import { Controller, Get, UseInterceptors } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { expect, it } from 'vitest';
import { givenServer } from '../given-server.js';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { CacheResponse } from '../../src/http/cache-response.decorator.js';
import { HttpCacheInterceptor } from '../../src/http/http-cache.interceptor.js';

const items = defineCache<number>('items', { ttl: '30s' });

@Controller()
@UseInterceptors(HttpCacheInterceptor)
class ItemsController {
  @Get(':id')
  @CacheResponse(items, ({ params }) => params['id'])
  @RouteConfig({ rateLimit: 7 })
  find(): number {
    return 1;
  }
}

interface Request {
  readonly routeOptions: { readonly config: object };
}

interface FastifyServer {
  addHook(name: 'onRequest', hook: (request: Request, reply: unknown, done: () => void) => void): unknown;
}

it('@CacheResponse keeps the @RouteConfig of its route, which hooks of Fastify read on a miss and on a hit', async () => {
  const configs: object[] = [];
  const { server } = await givenServer('Fastify', {
    caches: [items],
    controllers: [ItemsController],
    configure: (app) => {
      const fastify: FastifyServer = app.getHttpAdapter().getInstance();
      fastify.addHook('onRequest', ({ routeOptions }, _, done) => {
        configs.push(routeOptions.config);
        done();
      });
    },
  });
  for (const xCache of ['MISS', 'HIT']) expect((await server.get('/1').expect(200)).headers['x-cache']).toBe(xCache);
  expect(configs).toEqual([expect.objectContaining({ rateLimit: 7 }), expect.objectContaining({ rateLimit: 7 })]);
});
