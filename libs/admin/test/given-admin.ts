import { Controller, Get, Logger, Param, UseInterceptors } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { AdminModule, type AdminOptions } from '@nuthatch/admin';
import { type Cache, CacheModule, CacheResponse, defineCache, HttpCacheInterceptor } from '@nuthatch/cache';
import request from 'supertest';
import { onTestFinished, vi } from 'vitest';
import { z } from 'zod';

export const adapters = { Fastify: () => new FastifyAdapter(), Express: () => new ExpressAdapter() };
export type AdapterName = keyof typeof adapters;

export const secrets = { reader: 'reader-secret-0123456789', operator: 'operator-secret-0123456789' };

const byId = defineCache<{ readonly name: string }>('birds.byId', {
  key: z.string().regex(/^[a-z0-9]+$/),
  ttl: '30s',
  tags: () => ['birds'],
});

const pageKey = z.strictObject({ limit: z.number().int() });
const byPage = defineCache<bigint, z.output<typeof pageKey>>('birds.page', { key: pageKey, ttl: '10s' });

@Controller('birds')
@UseInterceptors(HttpCacheInterceptor)
class Birds {
  @Get(':id')
  @CacheResponse(byId, ({ params }) => params['id'])
  find(@Param('id') id: string): { readonly name: string } {
    return { name: `Bird ${id}` };
  }
}

/** Starts an application with two caches and the admin API, and closes it after the test. */
export async function givenAdmin(adapter: AdapterName, options: Partial<AdminOptions> = {}) {
  const testing = await Test.createTestingModule({
    imports: [
      CacheModule.forRoot(),
      CacheModule.forFeature(byId, byPage),
      AdminModule.forRoot({
        tokens: [
          { name: 'dashboard', scopes: ['read'], secret: secrets.reader },
          { name: 'ops', scopes: ['read', 'values', 'invalidate'], secret: secrets.operator },
        ],
        ...options,
      }),
    ],
    controllers: [Birds],
  }).compile();
  const app = testing.createNestApplication(adapters[adapter](), { logger: false });
  onTestFinished(() => app.close());
  const audit = vi.spyOn(Logger.prototype, 'log').mockImplementation(() => {});
  onTestFinished(() => audit.mockRestore());
  await app.listen(0, '127.0.0.1');
  const server = request(await app.getUrl());
  const as = (secret: string) => ({
    get: (path: string) => server.get(path).set('authorization', `Bearer ${secret}`),
    post: (path: string, body: object) => server.post(path).set('authorization', `Bearer ${secret}`).send(body),
  });
  const birds = app.get<Cache<string, { readonly name: string }>>(byId.token);
  const pages = app.get<Cache<z.output<typeof pageKey>, bigint>>(byPage.token);
  const lines = (): string[] => audit.mock.calls.map(([line]) => String(line));
  // Nest logs its routes with the same logger.
  const audited = (): unknown[] =>
    lines()
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
  return { server, reader: as(secrets.reader), operator: as(secrets.operator), as, birds, pages, audited };
}
