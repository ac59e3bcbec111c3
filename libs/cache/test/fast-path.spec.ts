import { type CanActivate, Controller, Get, NotFoundException, UseGuards, UseInterceptors } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { CacheModule, CacheRegistry, CacheResponse, defineCache, HttpCacheInterceptor } from '@nuthatch/cache';
import request from 'supertest';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { startRedis } from '../../../test/support/redis-server.js';
import { RedisStore } from '../src/redis/redis-store.js';

const items = defineCache<{ readonly id: string }>('items', {
  ttl: '30s',
  etag: ({ id }) => id,
});
const idOf = ({ params }: { readonly params: Readonly<Record<string, unknown>> }) => params['id'];
const loads = vi.fn((id: string) => id);

class AllowAll implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

@Controller()
@UseInterceptors(HttpCacheInterceptor)
class ItemsController {
  @Get('items/:id')
  @CacheResponse(items, idOf)
  find(): { readonly id: string } {
    if (loads('loaded') === 'absent') throw new NotFoundException();
    return { id: '1' };
  }

  @Get('guarded/:id')
  @UseGuards(AllowAll)
  @CacheResponse(items, idOf)
  guarded(): { readonly id: string } {
    return { id: '1' };
  }
}

describe('a hit in Redis, on Fastify', () => {
  const cleanUp: (() => Promise<void>)[] = [];
  afterEach(async () => {
    loads.mockReset().mockImplementation((id) => id);
    for (const end of cleanUp.splice(0).toReversed()) await end();
  });

  /** Creates processes with an empty L1, so that every hit is a hit in Redis. */
  async function given() {
    const redis = await startRedis();
    cleanUp.push(() => redis.kill());
    const imports = [CacheModule.forRoot({ redis: redis.url, caches: [items], maxBytes: 1 })];
    const testing = await Test.createTestingModule({ imports, controllers: [ItemsController] }).compile();
    const app = testing.createNestApplication(new FastifyAdapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    cleanUp.push(() => app.close());
    const registry = app.get(CacheRegistry);
    await eventually(() => expect(registry.channel.connected).toBe(true));
    const pipeline = vi.spyOn(HttpCacheInterceptor.prototype, 'intercept');
    cleanUp.push(async () => pipeline.mockRestore());
    return { redis, server: request(await app.getUrl()), registry, pipeline };
  }

  it('sends the headers of the interceptor without running the pipeline', async () => {
    const { server, pipeline, registry } = await given();
    await server.get('/items/1').expect(200);
    const guarded = await server.get('/guarded/1').expect(200);
    expect(pipeline).toHaveBeenCalledTimes(2);
    const before = registry.counters()['items'];
    const hit = await server.get('/items/1').expect(200);
    expect(pipeline).toHaveBeenCalledTimes(2);
    expect(hit.text).toBe(guarded.text);
    const { date: _, 'cache-status': status, ...headers } = hit.headers;
    expect(guarded.headers).toMatchObject(headers);
    expect(status).toMatch(/^nuthatch; hit; ttl=\d+; detail=l2$/);
    expect(registry.counters()['items']).toMatchObject({
      hits: (before?.hits ?? 0) + 1,
      tiers: { l2: { hits: (before?.tiers.l2.hits ?? 0) + 1 } },
    });
    await server.get('/items/1').set('If-None-Match', '"1"').expect(304);
    await server.head('/items/1').expect(200);
    expect(pipeline).toHaveBeenCalledTimes(2);
  });

  it('continues the pipeline after a miss without a second lookup', async () => {
    const { server } = await given();
    const lookups = vi.spyOn(RedisStore.prototype, 'read');
    onTestFinished(() => lookups.mockRestore());
    const miss = await server.get('/items/1').expect(200);
    expect(miss.headers['cache-status']).toMatch(/^nuthatch; fwd=uri-miss; fwd-status=200; stored; ttl=\d+$/);
    expect(lookups).toHaveBeenCalledOnce();
    expect(loads).toHaveBeenCalledOnce();
  });

  it('reads a frozen Redis only once before the load', async () => {
    const { redis, server, registry } = await given();
    redis.freeze();
    const startedAt = performance.now();
    const answer = await server.get('/items/1').expect(200);
    expect(answer.headers['cache-status']).toBe('nuthatch; fwd=bypass; detail=unavailable');
    expect(performance.now() - startedAt).toBeLessThan(195);
    expect(registry.counters()['items']).toMatchObject({ gets: 1, bypass: 1 });
    redis.thaw();
  });

  it('leaves errors to the exception filters of the pipeline', async () => {
    const { server } = await given();
    loads.mockReturnValue('absent');
    for (let count = 0; count < 2; count += 1) await server.get('/items/1').expect(404);
    expect(loads).toHaveBeenCalledTimes(2);
  });
});
