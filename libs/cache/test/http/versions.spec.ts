import {
  Controller,
  Get,
  type Type,
  UseInterceptors,
  Version,
  VERSION_NEUTRAL,
  type VersioningOptions,
  VersioningType,
} from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type CacheDefinition, defineCache } from '../../src/core/policy/define-cache.js';
import { CacheResponse } from '../../src/http/cache-response.decorator.js';
import { HttpCacheInterceptor } from '../../src/http/http-cache.interceptor.js';
import { NoCache } from '../../src/http/no-cache.decorator.js';
import type { CacheResponseOptions, KeySource } from '../../src/http/route/cached-route.js';
import { adapters, givenServer } from '../given-server.js';

interface Item {
  readonly rev: number;
  readonly price: number;
}

const key = z.strictObject({ id: z.string(), language: z.string().optional() });
type Key = z.output<typeof key>;
const idOf = ({ params }: KeySource) => ({ id: params['id'] });
const etag = ({ rev }: Item) => String(rev);
const policy = { key, ttl: '30s', etag } as const;
const one = defineCache<Item, Key>('one', policy);
const two = defineCache<Item, Key>('two', policy);

type Options = CacheResponseOptions<Key, Item>;

/** Returns a controller of one version. The versions answer different values with the same revision. */
function versioned(version: string | typeof VERSION_NEUTRAL, cache: CacheDefinition<Key, Item>, options: Options = {}) {
  @Controller({ path: 'items', version })
  @UseInterceptors(HttpCacheInterceptor)
  class Versioned {
    @Get(':id')
    @CacheResponse(cache, idOf, options)
    find(): Item {
      return { rev: 7, price: version === '2' ? 2_000 : 10 };
    }
  }
  return Versioned;
}

const languages: Options = { vary: { language: 'Accept-Language' } };
const byHeader: VersioningOptions = { type: VersioningType.HEADER, header: 'X-API-Version' };
const byMediaType: VersioningOptions = { type: VersioningType.MEDIA_TYPE, key: 'v=' };
const byExtractor: VersioningOptions = { type: VersioningType.CUSTOM, extractor: () => '1' };

describe.each(adapters)('versions of a route on %s', (adapter) => {
  const given = (versioning: VersioningOptions, options: Options = {}) =>
    givenServer(adapter, {
      caches: [one, two],
      controllers: [versioned('1', one, options), versioned('2', two, options)],
      configure: (app) => app.enableVersioning(versioning),
    });

  it.each<[string, VersioningOptions, string, (version: string) => string]>([
    ['a header', byHeader, 'x-api-version', (version) => version],
    ['the media type', byMediaType, 'accept', (version) => `application/json;v=${version}`],
  ])('have different entity tags and a Vary if %s selects them', async (_, versioning, header, valueOf) => {
    const { server } = await given(versioning);
    for (const xCache of ['MISS', 'HIT']) {
      const first = await server.get('/items/a').set(header, valueOf('1')).expect(200).expect('x-cache', xCache);
      const second = await server
        .get('/items/a')
        .set(header, valueOf('2'))
        .set('If-None-Match', first.headers['etag'] ?? '')
        .expect(200)
        .expect('x-cache', xCache);
      expect([first.body, second.body]).toEqual([
        { rev: 7, price: 10 },
        { rev: 7, price: 2_000 },
      ]);
      for (const { headers } of [first, second]) {
        expect(headers['vary']).toBe(header);
        expect(headers['etag']).toMatch(/^"7\.[\w-]{22}"$/);
      }
      await server
        .get('/items/a')
        .set(header, valueOf('1'))
        .set('If-None-Match', first.headers['etag'] ?? '')
        .expect(304)
        .expect('vary', header);
    }
  });

  it('list the header of the version beside the headers of the option "vary", each once', async () => {
    const { server } = await given(byHeader, languages);
    const both = await server.get('/items/a').set('x-api-version', '1');
    expect(both.headers['vary']).toBe('accept-language, x-api-version');
    const { server: same } = await given({ type: VersioningType.HEADER, header: 'Accept-Language' }, languages);
    const once = await same.get('/items/a').set('accept-language', '1');
    expect(once.headers['vary']).toBe('accept-language');
  });

  it('have no Vary and the tag of their policy if the URL selects them', async () => {
    const { server } = await given({ type: VersioningType.URI });
    const { headers } = await server.get('/v1/items/a').expect(200);
    expect([headers['etag'], headers['vary']]).toEqual(['"7"', undefined]);
  });
});

describe('a version that a custom extractor reads', () => {
  const boot = (controller: Type<unknown>, versioning: VersioningOptions = byExtractor) =>
    givenServer('Fastify', {
      caches: [one],
      controllers: [controller],
      configure: (app) => app.enableVersioning(versioning),
    });

  @Controller('items')
  @UseInterceptors(HttpCacheInterceptor)
  class VersionedMethod {
    @Get(':id')
    @Version('1')
    @CacheResponse(one, idOf)
    find(): Item {
      return { rev: 7, price: 10 };
    }
  }

  @NoCache()
  class Excluded extends VersionedMethod {}
  Controller('items')(Excluded);

  it.each<[string, Type<unknown>, VersioningOptions | undefined]>([
    ['of a class', versioned('1', one), undefined],
    ['of a method', VersionedMethod, undefined],
    ['of the application', versionless(), { ...byExtractor, defaultVersion: '1' }],
  ])('stops the boot %s if the option "vary" names no header', async (_, controller, versioning) => {
    await expect(boot(controller, versioning)).rejects.toThrow(/find has a version that a custom extractor.*"vary"/);
  });

  it.each<[string, Type<unknown>]>([
    ['the option "vary" names a header', versioned('1', one, languages)],
    ['the route has no version', versionless()],
    ['the route is version-neutral', versioned(VERSION_NEUTRAL, one)],
    ['@NoCache excludes the route', Excluded],
  ])('does not stop the boot if %s', async (_, controller) => {
    await expect(boot(controller)).resolves.toBeDefined();
  });

  function versionless(): Type<unknown> {
    @Controller('items')
    @UseInterceptors(HttpCacheInterceptor)
    class Versionless {
      @Get(':id')
      @CacheResponse(one, idOf)
      find(): Item {
        return { rev: 7, price: 10 };
      }
    }
    return Versionless;
  }
});
