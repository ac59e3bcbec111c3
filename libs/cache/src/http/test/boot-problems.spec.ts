import { Controller, Get, Header, Logger, Post, type Type, UseInterceptors } from '@nestjs/common';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { defineCache } from '../../core/policy/define-cache.js';
import { givenServer } from '../../../test/given-server.js';
import { CacheResponse } from '../cache-response.decorator.js';
import type { CacheResponseOptions, KeySource } from '../route/cached-route.js';
import { HttpCacheInterceptor } from '../http-cache.interceptor.js';
import { NoCache } from '../no-cache.decorator.js';

const key = z.strictObject({ id: z.string(), about: z.string().optional(), principal: z.string().optional() });
type Key = z.output<typeof key>;
const items = defineCache<Key, number>({ name: 'items', version: 1, key, ttl: '30s' });
const idOf = ({ params }: KeySource) => ({ id: params['id'] });

const about = { vary: { about: 'X-About' } } as const;

/** A controller whose one route is decorated in this way besides. */
function routed(
  { options = {}, of = Controller() }: { options?: CacheResponseOptions<Key, number>; of?: ClassDecorator },
  ...decorators: MethodDecorator[]
): Type<unknown> {
  @UseInterceptors(HttpCacheInterceptor)
  class Routed {
    @CacheResponse(items, idOf, options)
    find(): number {
      return 1;
    }
  }
  of(Routed);
  const descriptor = Object.getOwnPropertyDescriptor(Routed.prototype, 'find');
  for (const decorate of decorators) if (descriptor) decorate(Routed.prototype, 'find', descriptor);
  return Routed;
}

const boot = (controller: Type<unknown>, caches = [items]) =>
  givenServer('Fastify', { caches, controllers: [controller] });

describe('the boot is refused', () => {
  it.each<[string, Type<unknown>, RegExp]>([
    ['hosts of a pattern', routed({ of: Controller({ host: ':tenant.example.com' }) }, Get(':id')), /name "Host" in/],
    ['hosts of an expression', routed({ of: Controller({ host: /example/ }) }, Get(':id')), /name "Host" in/],
    [
      'an interceptor of ours on the class and on the method',
      routed({}, UseInterceptors(HttpCacheInterceptor), Get(':id')),
      /Routed\.find is covered by HttpCacheInterceptor twice/,
    ],
    ['one of several hosts', routed({ of: Controller({ host: ['a.example', ':b.example'] }) }, Get(':id')), /"Host"/],
  ])('for %s', async (_, controller, expected) => {
    await expect(boot(controller)).rejects.toThrow(expected);
  });

  it.each([
    ['Vary', 'Accept-Language', /Routed\.find varies with Accept-Language.*option "vary"/],
    ['vary', 'X-About, *', /varies with \*/],
    ['Cache-Control', 'no-store', /@Header\('Cache-Control'\).*use the option "cacheControl"/],
    ['ETag', '"a"', /use "etag" of the cache/],
    ['Content-Type', 'text/html', /what a cache answers is JSON/],
  ])('for the declared header %s: %s', async (name, value, expected) => {
    const controller = routed({ options: about }, Get(':id'), Header(name, value));
    await expect(boot(controller)).rejects.toThrow(expected);
  });

  it('for a cache that nobody registered', async () => {
    await expect(boot(routed({}, Get(':id')), [])).rejects.toThrow(/Routed\.find has a cache that no module registers/);
  });
});

describe('the boot goes on', () => {
  it.each<[string, Type<unknown>]>([
    ['a host', routed({ of: Controller({ host: 'a.example.com' }) }, Get(':id'))],
    [
      'hosts that the key holds',
      routed({ of: Controller({ host: ':a.example' }), options: { vary: { about: 'Host' } } }, Get(':id')),
    ],
    ['Vary that the key holds', routed({ options: about }, Get(':id'), Header('Vary', 'x-about, X-About'))],
    ['a type of JSON', routed({}, Get(':id'), Header('Content-Type', 'application/geo+json; charset=utf-8'))],
    [
      'what is not known yet',
      routed(
        {},
        Get(':id'),
        Header('X-Now', () => 'now'),
      ),
    ],
  ])('for %s', async (_, controller) => {
    await expect(boot(controller)).resolves.toBeDefined();
  });
});

describe('the boot warns', () => {
  @Controller()
  class Uncovered {
    @Get()
    @NoCache()
    find(): number {
      return 1;
    }
  }

  it.each<[string, Type<unknown>, RegExp]>([
    ['of a cached route of a method that is never cached', routed({}, Post(':id')), /Routed\.find .*answers POST/],
    ['of @NoCache where nobody says so', Uncovered, /Uncovered\.find .*@NoCache, but HttpCacheInterceptor/],
  ])('%s', async (_, controller, expected) => {
    const warn = vi.spyOn(Logger.prototype, 'warn');
    onTestFinished(() => warn.mockRestore());
    await boot(controller);
    expect(warn.mock.calls.flat()).toContainEqual(expect.stringMatching(expected));
  });
});
