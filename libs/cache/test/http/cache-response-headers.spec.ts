import { Controller, Get, Module, NotFoundException, Query, UseInterceptors } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CacheModule } from '../../src/cache.module.js';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { CacheResponse } from '../../src/http/cache-response.decorator.js';
import { HttpCacheInterceptor } from '../../src/http/http-cache.interceptor.js';

interface Page {
  readonly next: number;
}

const pages = defineCache<Page, { after: string }>('pages', {
  key: z.strictObject({ after: z.string().regex(/^\d$/) }),
  ttl: '30s',
  negativeTtl: '5s',
});

@Controller('pages')
@UseInterceptors(HttpCacheInterceptor)
class PagesController {
  @Get()
  @CacheResponse(pages, ({ query }) => query, {
    headers: ({ next }, { query }) => ({
      Link: `<?after=${next}>; rel="next"`,
      'X-After': String(query['after']),
    }),
  })
  find(@Query('after') after: string): Page {
    if (after === '9') throw new NotFoundException();
    return { next: Number(after) + 1 };
  }
}

@Module({ imports: [CacheModule.forRoot(), CacheModule.forFeature(pages)], controllers: [PagesController] })
class PagesModule {}

const adapters = { Fastify: () => new FastifyAdapter(), Express: () => new ExpressAdapter() };

describe.each(Object.keys(adapters) as (keyof typeof adapters)[])('on %s', (name) => {
  let close = async (): Promise<void> => {};
  afterEach(() => close());

  async function givenServer() {
    const testing = await Test.createTestingModule({ imports: [PagesModule] }).compile();
    const app = testing.createNestApplication(adapters[name](), { logger: false });
    await app.listen(0, '127.0.0.1');
    close = () => app.close();
    return request(await app.getUrl());
  }

  it('the option "headers" applies to a miss, a hit, a HEAD and a 304', async () => {
    const server = await givenServer();
    const miss = await server.get('/pages?after=1');
    const answers = [
      miss,
      await server.get('/pages?after=1'),
      await server.head('/pages?after=1'),
      await server.get('/pages?after=1').set('If-None-Match', miss.headers['etag'] ?? ''),
    ];
    expect(
      answers.map(({ status, headers }) => [status, headers['x-cache'], headers['link'], headers['x-after']]),
    ).toEqual(
      [200, 200, 200, 304].map((status, place) => [
        status,
        place === 0 ? 'MISS' : 'HIT',
        '<?after=2>; rel="next"',
        '1',
      ]),
    );
  });

  it('the option "headers" applies to an answer that bypasses the cache', async () => {
    const server = await givenServer();
    for (const answer of [
      await server.get('/pages?after=10'),
      await server.get('/pages?after=10').set('Authorization', 'Bearer a'),
    ]) {
      expect([answer.status, answer.headers['link']]).toEqual([200, '<?after=11>; rel="next"']);
    }
  });

  it('the option "headers" does not apply to an answer without a value', async () => {
    const server = await givenServer();
    const answers = [
      await server.get('/pages?after=9'),
      await server.get('/pages?after=9'),
      await server.get('/pages?after=1').set('If-Match', '"other"'),
    ];
    expect(answers.map(({ status, headers }) => [status, headers['link']])).toEqual([
      [404, undefined],
      [404, undefined],
      [412, undefined],
    ]);
  });
});
