import { Controller, Get, UseInterceptors } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { adapters, givenServer } from '../given-server.js';
import { CacheResponse } from '../../src/http/cache-response.decorator.js';
import { HttpCacheInterceptor } from '../../src/http/http-cache.interceptor.js';
import { NoCache } from '../../src/http/no-cache.decorator.js';

const numbers = defineCache<number>('numbers', { ttl: '30s' });
let calls = 0;

@UseInterceptors(HttpCacheInterceptor)
class Numbers {
  @Get('cached')
  @CacheResponse(numbers, () => 'one')
  cached(): number {
    return (calls += 1);
  }

  @Get('excluded')
  @NoCache()
  @CacheResponse(numbers, () => 'one')
  excluded(): number {
    return (calls += 1);
  }
}

@Controller('open')
class Open extends Numbers {}

@Controller('closed')
@NoCache()
class Closed extends Numbers {
  @Get('plain')
  plain(): number {
    return (calls += 1);
  }
}

@Controller('inheriting')
class Inheriting extends Closed {}

describe.each(adapters)('on %s', (adapter) => {
  it.each([
    ['@NoCache on a method excludes its route from the cache (nestjs/nest#1050)', '/open/excluded'],
    ['@NoCache on a class excludes its routes from the cache', '/closed/cached'],
    ['@NoCache on a class applies to a route without @CacheResponse', '/closed/plain'],
    ['@NoCache on a class applies to classes that extend it', '/inheriting/cached'],
    ['@NoCache on a method applies where the method is inherited', '/inheriting/excluded'],
  ])('%s', async (_, path) => {
    const { server, cacheOf } = await givenServer(adapter, {
      caches: [numbers],
      controllers: [Open, Closed, Inheriting],
    });
    const before = calls;
    for (const more of [1, 2]) {
      const { text, headers } = await server.get(path).expect(200).expect('cache-control', 'no-store');
      expect(text).toBe(`${before + more}`);
      for (const name of ['cache-status', 'x-cache', 'age']) expect(headers).not.toHaveProperty(name);
    }
    expect(await cacheOf(numbers).get('one')).toBeUndefined();
    await server.get('/open/cached').expect('x-cache', 'MISS');
    // The route does not read an entry that another route stored either.
    expect((await server.get(path)).headers).not.toHaveProperty('x-cache');
    await server.get('/open/cached').expect('x-cache', 'HIT');
  });
});
