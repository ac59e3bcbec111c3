import { Controller, Get, Header, Logger, Post, type Type, UseGuards, UseInterceptors } from '@nestjs/common';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { givenServer } from '../given-server.js';
import { CacheResponse } from '../../src/http/cache-response.decorator.js';
import type { CacheResponseOptions, KeySource } from '../../src/http/route/cached-route.js';
import { HttpCacheInterceptor } from '../../src/http/http-cache.interceptor.js';
import type { Requester } from '../../src/http/route/cached-route.js';
import { NoCache } from '../../src/http/no-cache.decorator.js';

const key = z.strictObject({ id: z.string(), about: z.string().optional(), principal: z.string().optional() });
type Key = z.output<typeof key>;
const items = defineCache<number, Key>('items', { key, ttl: '30s' });
const idOf = ({ params }: KeySource) => ({ id: params['id'] });

const about = { vary: { about: 'X-About' } } as const;

/** Returns a controller with one cached route and further decorators. */
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

describe('cached routes that are invalid', () => {
  it.each<[string, Type<unknown>, RegExp]>([
    ['a host that is a pattern', routed({ of: Controller({ host: ':tenant.example.com' }) }, Get(':id')), /"Host"/],
    ['a host that is a regular expression', routed({ of: Controller({ host: /example/ }) }, Get(':id')), /"Host"/],
    [
      'HttpCacheInterceptor on the class and on the method',
      routed({}, UseInterceptors(HttpCacheInterceptor), Get(':id')),
      /Routed\.find is covered by HttpCacheInterceptor twice/,
    ],
    [
      'a pattern among several hosts',
      routed({ of: Controller({ host: ['a.example', ':b.example'] }) }, Get(':id')),
      /"Host"/,
    ],
  ])('the boot rejects %s', async (_, controller, expected) => {
    await expect(boot(controller)).rejects.toThrow(expected);
  });

  it.each([
    ['Vary', 'Accept-Language', /Routed\.find sends Vary: Accept-Language.*option "vary"/],
    ['vary', 'X-About, *', /sends Vary: \*/],
    [
      'Cache-Control',
      'no-store',
      /@Header\('Cache-Control'\), which the cache overwrites: use the option "cacheControl"/,
    ],
    ['ETag', '"a"', /use the option "etag" of defineCache/],
    ['Last-Modified', 'Thu, 01 Jan 2026 00:00:00 GMT', /use the option "lastModified" of defineCache/],
    ['Age', '1', /@Header\('Age'\), which the cache overwrites: remove it/],
    ['Content-Type', 'text/html', /a cache answers JSON: remove the header/],
    ['Content-Type', 'application/json-seq', /a cache answers JSON: remove the header/],
  ])('the boot rejects a cached route with @Header(%j, %j)', async (name, value, expected) => {
    const controller = routed({ options: about }, Get(':id'), Header(name, value));
    await expect(boot(controller)).rejects.toThrow(expected);
  });

  it('the boot rejects a cache that no module registers', async () => {
    await expect(boot(routed({}, Get(':id')), [])).rejects.toThrow(/Routed\.find .*CacheModule\.forFeature/);
  });
});

describe('cached routes that are valid', () => {
  it.each<[string, Type<unknown>]>([
    ['a host', routed({ of: Controller({ host: 'a.example.com' }) }, Get(':id'))],
    [
      'a host pattern that the key covers',
      routed({ of: Controller({ host: ':a.example' }), options: { vary: { about: 'Host' } } }, Get(':id')),
    ],
    ['@Header("Vary") that the key covers', routed({ options: about }, Get(':id'), Header('Vary', 'x-about, X-About'))],
    ['a JSON media type', routed({}, Get(':id'), Header('Content-Type', 'application/geo+json; charset=utf-8'))],
    [
      'a header that a function computes',
      routed(
        {},
        Get(':id'),
        Header('X-Now', () => 'now'),
      ),
    ],
  ])('the boot accepts %s', async (_, controller) => {
    await expect(boot(controller)).resolves.toBeDefined();
  });
});

describe('guarded routes without a principal', () => {
  const allow = UseGuards({ canActivate: () => true });
  const principal = ({ user }: Requester) => (typeof user === 'string' ? user : undefined);

  async function warningsOf(...controllers: Type<unknown>[]): Promise<string[]> {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    onTestFinished(() => warn.mockRestore());
    await givenServer('Fastify', { caches: [items], controllers });
    return warn.mock.calls.map(([message]) => String(message)).filter((message) => message.includes('has a guard'));
  }

  it('are named in one warning with the fix', async () => {
    const open = routed({}, Get('open/:id'));
    const guarded = [routed({}, allow, Get('a/:id')), routed({}, allow, Get('b/:id'))];
    expect(await warningsOf(open, ...guarded)).toEqual([
      expect.stringMatching(/^Routed\.find, Routed\.find: has a guard but no "principal".*Add the option "principal"/),
    ]);
  });

  it.each<[string, Type<unknown>]>([
    ['has a principal', routed({ options: { principal } }, allow, Get(':id'))],
    ['has no guard', routed({}, Get(':id'))],
    ['is excluded by @NoCache', routed({}, allow, NoCache(), Get(':id'))],
    ['answers a method that is never cached', routed({}, allow, Post(':id'))],
  ])('cause no warning about a route that %s', async (_, controller) => {
    expect(await warningsOf(controller)).toEqual([]);
  });
});

describe('cached routes that are suspicious', () => {
  @Controller()
  class Uncovered {
    @Get()
    @NoCache()
    find(): number {
      return 1;
    }
  }

  it.each<[string, Type<unknown>, RegExp]>([
    ['a cached route of a method that is never cached', routed({}, Post(':id')), /Routed\.find .*answers POST/],
    [
      '@NoCache on a route that HttpCacheInterceptor does not cover',
      Uncovered,
      /Uncovered\.find .*@NoCache, but HttpCacheInterceptor/,
    ],
  ])('the boot warns about %s', async (_, controller, expected) => {
    const warn = vi.spyOn(Logger.prototype, 'warn');
    onTestFinished(() => warn.mockRestore());
    await boot(controller);
    expect(warn.mock.calls.flat()).toContainEqual(expect.stringMatching(expected));
  });
});
