import { Controller, Get, UseInterceptors } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineCache } from '../../core/policy/define-cache.js';
import { adapters, givenServer } from '../../../test/given-server.js';
import { CacheResponse } from '../cache-response.decorator.js';
import { HttpCacheInterceptor } from '../http-cache.interceptor.js';
import { NoCache } from '../no-cache.decorator.js';

const numbers = defineCache<string, number>({ name: 'numbers', version: 1, key: z.string(), ttl: '30s' });
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

describe.each(adapters)('@NoCache on %s', (adapter) => {
  it.each([
    ['nestjs/nest#1050 · of a method', '/open/excluded'],
    ['of a class', '/closed/cached'],
    ['of a class, on a route without a cache', '/closed/plain'],
    ['of a class that is extended', '/inheriting/cached'],
    ['of a method that is inherited', '/inheriting/excluded'],
  ])('%s takes a route out of the cache', async (_, path) => {
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
    // Neither is what others stored.
    expect((await server.get(path)).headers).not.toHaveProperty('x-cache');
    await server.get('/open/cached').expect('x-cache', 'HIT');
  });
});
