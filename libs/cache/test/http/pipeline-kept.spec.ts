import {
  BadRequestException,
  type CallHandler,
  Controller,
  type ExecutionContext,
  Get,
  Header,
  Injectable,
  UseInterceptors,
} from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CacheModule } from '../../src/cache.module.js';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { adapters, givenServer } from '../given-server.js';
import { CacheResponse } from '../../src/http/cache-response.decorator.js';
import type { KeySource } from '../../src/http/route/cached-route.js';
import { HttpCacheInterceptor } from '../../src/http/http-cache.interceptor.js';

const items = defineCache<number>('items', { ttl: '30s' });
const idOf = ({ params }: KeySource) => params['id'];

@Injectable()
class TenantsOnly extends HttpCacheInterceptor {
  override intercept(context: ExecutionContext, next: CallHandler) {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>();
    if (headers['x-tenant'] === undefined) throw new BadRequestException();
    return super.intercept(context, next);
  }
}

@Injectable()
class Renamed extends HttpCacheInterceptor {}

@Controller()
class ItemsController {
  @Get('tenants/:id')
  @UseInterceptors(TenantsOnly)
  @CacheResponse(items, idOf)
  tenants(): number {
    return 1;
  }

  @Get('open/:id')
  @UseInterceptors(HttpCacheInterceptor)
  @CacheResponse(items, idOf)
  open(): number {
    return 1;
  }

  @Get(['at/:lat,:lng', 'place/:lat'])
  @UseInterceptors(HttpCacheInterceptor)
  @CacheResponse(items, ({ params }) => Object.values(params)[0])
  at(): number {
    return 1;
  }

  @Get('renamed/:id')
  @UseInterceptors(Renamed)
  @CacheResponse(items, idOf)
  renamed(): number {
    return 1;
  }
}

describe.each(adapters)('on %s', (adapter) => {
  it('an interceptor that extends HttpCacheInterceptor runs before every hit', async () => {
    const { server } = await givenServer(adapter, { caches: [items], controllers: [ItemsController] });
    for (const xCache of ['MISS', 'HIT']) {
      const { headers } = await server.get('/tenants/1').set('X-Tenant', 'a').expect(200);
      expect(headers['x-cache']).toBe(xCache);
      await server.get('/tenants/1').expect(400);
    }
    expect((await server.get('/renamed/1')).headers['x-cache']).toBe('HIT');
  });

  it.each(['/open/', '/at/12'])('a path that Nest does not route is not found: %s', async (path) => {
    const { server, cacheOf } = await givenServer(adapter, { caches: [items], controllers: [ItemsController] });
    for (const key of ['', '12']) await cacheOf(items).readThrough(key, async () => 9);
    expect((await server.get(path)).status).toBe(404);
    expect((await server.get('/place/12')).headers['x-cache']).toBe('HIT');
  });

  const Cached = CacheResponse(items, idOf);
  const wrapping = (): MethodDecorator => (_target, _name, descriptor) => {
    const { value } = descriptor;
    if (typeof value === 'function') Reflect.set(descriptor, 'value', (...args: unknown[]): unknown => value(...args));
  };

  @Controller()
  @UseInterceptors(HttpCacheInterceptor)
  class Decorated {
    @Get('a/:id')
    @Header('X-Shelf', 'a')
    @Cached
    a(): number {
      return 1;
    }

    @Get('b/:id')
    @Header('X-Shelf', 'b')
    @Cached
    b(): number {
      return 1;
    }

    @Get('wrapped/:id')
    @CacheResponse(items, idOf)
    @wrapping()
    wrapped(): number {
      return 1;
    }
  }

  it('one CacheResponse decorator on two handlers keeps the headers of each', async () => {
    const { server } = await givenServer(adapter, { caches: [items], controllers: [Decorated] });
    for (const xCache of [
      ['MISS', 'HIT'],
      ['HIT', 'HIT'],
    ]) {
      const answers = [await server.get('/a/1'), await server.get('/b/1')];
      expect(answers.map(({ headers }) => headers['x-cache'])).toEqual(xCache);
      expect(answers.map(({ headers }) => headers['x-shelf'])).toEqual(['a', 'b']);
    }
  });

  it('a handler that a decorator below @CacheResponse wraps is cached', async () => {
    const { server } = await givenServer(adapter, { caches: [items], controllers: [Decorated] });
    for (const xCache of ['MISS', 'HIT']) expect((await server.get('/wrapped/1')).headers['x-cache']).toBe(xCache);
  });
});

it('a route is not cached if a test overrides its interceptor', async () => {
  const testing = await Test.createTestingModule({
    imports: [CacheModule.forRoot(), CacheModule.forFeature(items)],
    controllers: [ItemsController],
  })
    .overrideInterceptor(Renamed)
    .useValue({ intercept: (_: ExecutionContext, next: CallHandler) => next.handle() })
    .compile();
  const app = testing.createNestApplication(new FastifyAdapter(), { logger: false });
  onTestFinished(() => app.close());
  await app.listen(0, '127.0.0.1');
  const server = request(await app.getUrl());
  await server.get('/tenants/1').set('X-Tenant', 'a').expect('x-cache', 'MISS');
  expect((await server.get('/renamed/1').expect(200)).headers).not.toHaveProperty('x-cache');
});
