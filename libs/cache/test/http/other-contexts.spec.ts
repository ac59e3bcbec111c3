import { Injectable, UseInterceptors } from '@nestjs/common';
import { ExternalContextCreator } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CacheModule } from '../../src/cache.module.js';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { CacheRegistry } from '../../src/core/cache-registry.js';
import { CacheResponse } from '../../src/http/cache-response.decorator.js';
import { HttpCacheInterceptor } from '../../src/http/http-cache.interceptor.js';

const numbers = defineCache<number>('numbers', { ttl: '30s' });

/** Answers GraphQL queries, messages or frames. */
@Injectable()
@UseInterceptors(HttpCacheInterceptor)
class Resolver {
  calls = 0;

  @CacheResponse(numbers, () => 'one')
  find(_root: unknown, add: unknown): number {
    return (this.calls += 1) + Number(add);
  }
}

describe(HttpCacheInterceptor, () => {
  it.each(['graphql', 'rpc', 'ws'])(
    'HttpCacheInterceptor does not cache a handler of %s (nestjs/nest#3136, nestjs/graphql#443, nestjs/graphql#630)',
    async (context) => {
      const imports = [CacheModule.forRoot(), CacheModule.forFeature(numbers)];
      const app = await Test.createTestingModule({ imports, providers: [Resolver] }).compile();
      onTestFinished(() => app.close());
      await app.init();
      const resolver = app.get(Resolver);
      const contexts = app.get(ExternalContextCreator, { strict: false });
      const find = contexts.create(
        resolver,
        resolver.find,
        'find',
        ...([undefined, undefined, undefined, undefined, undefined] as const),
        context,
      );
      // The first argument may look like an HTTP request.
      const message = { method: 'GET', headers: {}, params: {}, query: {} };
      expect(await find(message, 10, {}, {})).toBe(11);
      expect(await find(message, 20, {}, {})).toBe(22);
      expect(app.get(CacheRegistry).counters()['numbers']).toMatchObject({ gets: 0, loads: 0 });
    },
  );
});
