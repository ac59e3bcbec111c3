import { ConflictException, Controller, Delete, Get, Options, Param, UseInterceptors } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { Invalidates } from '../../src/method/invalidates.decorator.js';
import { adapters, givenServer } from '../given-server.js';
import { CacheResponse } from '../../src/http/cache-response.decorator.js';
import { HttpCacheInterceptor } from '../../src/http/http-cache.interceptor.js';

const items = defineCache<number>('items', { ttl: '30s' });

@Controller('items')
@UseInterceptors(HttpCacheInterceptor)
class ItemsController {
  calls = 0;

  @Get(':id')
  @CacheResponse(items, ({ params }) => params['id'])
  find(): number {
    return (this.calls += 1);
  }

  @Options(':id')
  @Invalidates(['shelf'])
  async options(): Promise<void> {}

  @Delete(':id')
  @Invalidates(items, (id) => id)
  @Invalidates(['shelf'])
  async remove(@Param('id') id: string): Promise<void> {
    if (id === 'lent') throw new ConflictException();
  }
}

describe.each(adapters)('on %s', (adapter) => {
  it('a safe method sends no Cache-Group-Invalidation (RFC 9875 §3)', async () => {
    const { server } = await givenServer(adapter, { caches: [items], controllers: [ItemsController] });
    expect((await server.options('/items/1').expect(200)).headers).not.toHaveProperty('cache-group-invalidation');
  });

  it('a write invalidates the cached route, and sends Cache-Group-Invalidation if it succeeds (nestjs/cache-manager PR #885)', async () => {
    const { server } = await givenServer(adapter, { caches: [items], controllers: [ItemsController] });
    for (const [id, status, groups] of [
      ['1', 200, '"shelf"'],
      ['lent', 409, undefined],
    ] as const) {
      await server.get(`/items/${id}`);
      await server.get(`/items/${id}`).expect('x-cache', 'HIT');
      const { headers } = await server.delete(`/items/${id}`).expect(status);
      expect(headers['cache-group-invalidation']).toBe(groups);
      // A failed write invalidates too, since it was announced before it ran.
      await server.get(`/items/${id}`).expect('x-cache', 'MISS');
    }
  });
});
