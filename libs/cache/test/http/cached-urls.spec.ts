import { Controller, Get, UseInterceptors, VersioningType } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { CacheResponse } from '../../src/http/cache-response.decorator.js';
import { CachedUrls } from '../../src/http/cached-urls.js';
import { HttpCacheInterceptor } from '../../src/http/http-cache.interceptor.js';
import { adapters, givenServer } from '../given-server.js';

const key = z.strictObject({
  id: z.string().regex(/^\w+$/),
  sort: z.string().optional(),
  principal: z.string().optional(),
});
type Key = z.output<typeof key>;
const items = defineCache<object, Key>('items', { key, ttl: '30s' });
const batches = defineCache<object, { readonly ids: string[] }>('batches', {
  key: z.strictObject({ ids: z.array(z.string()) }),
  ttl: '30s',
});

@Controller({ path: 'items', version: '2' })
@UseInterceptors(HttpCacheInterceptor)
class Items {
  @Get(':id')
  @CacheResponse(items, ({ params, query }) => ({ id: params['id'], sort: query['sort'] }), {
    principal: ({ user }) => (typeof user === 'string' ? user : undefined),
  })
  find(): object {
    return {};
  }

  @Get(['batch', 'several'])
  @CacheResponse(batches, ({ query }) => ({ ids: [query['id']].flat() }))
  batch(): object {
    return {};
  }
}

describe.each(adapters)('CachedUrls on %s', (adapter) => {
  const given = async (configure: Parameters<typeof givenServer>[1]['configure'] = () => {}) => {
    const { app } = await givenServer(adapter, { caches: [items, batches], controllers: [Items], configure });
    return app.get(CachedUrls);
  };

  it('finds the entry of a path, with parameters and query', async () => {
    const urls = await given();
    const found = urls.find('http://localhost:3000/items/a%41?sort=name');
    expect(found).toMatchObject({ handler: 'Items.find', key: { id: 'aA', sort: 'name' }, hasVariants: true });
    expect(found?.cache.definition.name).toBe('items');
  });

  it('prefers a literal path to a parameter, and reads a repeated query parameter as a list', async () => {
    const urls = await given();
    expect(urls.find('/items/batch?id=a&id=b')).toMatchObject({ handler: 'Items.batch', key: { ids: ['a', 'b'] } });
    expect(urls.find('/items/several?id=a')).toMatchObject({ handler: 'Items.batch', hasVariants: false });
  });

  it('finds nothing for another path, an invalid key, a malformed escape and a text that is no URL', async () => {
    const urls = await given();
    for (const url of ['/users/a', '/items', '/items/a-b', '/items/%', 'http://', '']) {
      expect(urls.find(url)).toBeUndefined();
    }
  });

  it('knows the global prefix and the version of a path', async () => {
    const urls = await given((app) => app.setGlobalPrefix('api').enableVersioning({ type: VersioningType.URI }));
    expect(urls.find('/api/v2/items/a')).toMatchObject({ handler: 'Items.find' });
    expect(urls.find('/items/a')).toBeUndefined();
  });
});
