import { Controller, Get, Header, type INestApplication, Req, UseInterceptors } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { adapters, givenServer } from '../given-server.js';
import { CacheResponse } from '../../src/http/cache-response.decorator.js';
import { HttpCacheInterceptor } from '../../src/http/http-cache.interceptor.js';

/** Maps Accept-Language to the two languages that pages exist in. */
const language = z
  .string()
  .default('en')
  .transform((accepted) => (/^de\b/.test(accepted) ? ('de' as const) : ('en' as const)));
const page = z.strictObject({ name: z.string(), language, tenant: z.string().optional() });
const pages = defineCache<string, z.output<typeof page>>('pages', { key: page, ttl: '30s' });

const vary = { language: 'Accept-Language', tenant: 'X-Tenant' } as const;

@Controller()
@UseInterceptors(HttpCacheInterceptor)
class PagesController {
  calls = 0;

  @Get('declared/:name')
  @Header('vary', 'Accept-Language')
  @CacheResponse(pages, ({ params }) => ({ name: params['name'] }), { vary })
  declared(): string {
    return 'declared';
  }

  @Get(':name')
  @CacheResponse(pages, ({ params, query }) => ({ ...query, name: params['name'] }), {
    vary,
  })
  read(@Req() { headers }: { headers: Record<string, string | undefined> }): string {
    this.calls += 1;
    return `${language.parse(headers['accept-language'])} for ${headers['x-tenant'] ?? 'all'}`;
  }
}

describe.each(adapters)('on %s', (adapter) => {
  const given = async (configure: (app: INestApplication) => void = () => {}) => {
    const { server, app } = await givenServer(adapter, { caches: [pages], controllers: [PagesController], configure });
    const ask = async (headers: Record<string, string | string[]> = {}, query = '') =>
      (await server.get(`/home${query}`).set(headers).expect(200)).body;
    return { server, ask, controller: app.get(PagesController) };
  };

  it('the option "vary" separates entries only as far as the key schema does (nestjs/nest#3883)', async () => {
    const { ask, controller } = await given();
    for (const _ of ['a miss', 'a hit']) {
      expect(await ask({ 'Accept-Language': 'de-AT,de;q=0.9' })).toBe('de for all');
      expect(await ask({ 'Accept-Language': 'de' })).toBe('de for all');
      expect(await ask({ 'Accept-Language': 'fr' })).toBe('en for all');
      expect(await ask()).toBe('en for all');
      expect(await ask({ 'Accept-Language': 'de', 'X-Tenant': 'shop' })).toBe('de for shop');
    }
    expect(controller.calls).toBe(3);
  });

  it('the query cannot set a key member of the option "vary"', async () => {
    const { ask } = await given();
    expect(await ask({}, '?tenant=shop&language=de')).toBe('en for all');
    expect(await ask({ 'X-Tenant': 'shop' })).toBe('en for shop');
  });

  it('a header of the option "vary" counts with all its lines', async () => {
    const { ask } = await given();
    expect(await ask({ 'X-Tenant': ['a', 'b'] })).toBe('en for a, b');
    expect(await ask({ 'X-Tenant': 'a' })).toBe('en for a');
  });

  it('Vary is the same on a miss and on a hit if the route declares it too', async () => {
    const { server } = await given((app) => app.enableCors({ origin: ['https://a.example', 'https://b.example'] }));
    const [miss, hit] = [await server.get('/declared/a'), await server.get('/declared/a')];
    expect([miss.headers['x-cache'], hit.headers['x-cache']]).toEqual(['MISS', 'HIT']);
    expect(hit.headers['vary']).toBe(miss.headers['vary']);
  });

  it('Vary lists the headers of the route and of the application on a miss, a hit and a 304', async () => {
    const { server } = await given((app) => app.enableCors({ origin: ['https://a.example', 'https://b.example'] }));
    const { headers: first } = await server.get('/home').expect(200);
    for (const [etag, status] of [
      ['"another"', 200],
      [first['etag'] ?? '', 304],
    ] as const) {
      const { headers } = await server.get('/home').set('If-None-Match', etag).expect(status);
      expect(headers['vary']).toBe(first['vary']);
      expect(headers['vary']?.toLowerCase().split(/, ?/).toSorted()).toEqual(
        expect.arrayContaining(['accept-language', 'origin', 'x-tenant']),
      );
    }
  });
});
