import type { INestApplication, Provider, Type } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { onTestFinished } from 'vitest';
import { CacheModule } from '../src/cache.module.js';
import type { CacheModuleOptions } from '../src/cache.options.js';
import { Cache } from '../src/core/cache.js';
import type { CacheDefinition } from '../src/core/policy/define-cache.js';

export const adapters = ['Fastify', 'Express'] as const;
export type Adapter = (typeof adapters)[number];

interface Setup {
  readonly caches: readonly CacheDefinition<unknown, unknown>[];
  readonly controllers: readonly Type<unknown>[];
  readonly providers?: readonly Provider[];
  readonly options?: CacheModuleOptions;
  readonly configure?: (app: INestApplication) => void;
}

/** Starts an application with these controllers and caches, and closes it after the test. */
export async function givenServer(
  adapter: Adapter,
  { caches, controllers, providers = [], options = {}, configure }: Setup,
) {
  const testing = await Test.createTestingModule({
    imports: [CacheModule.forRoot(options), CacheModule.forFeature(...caches)],
    controllers: [...controllers],
    providers: [...providers],
  }).compile();
  const http = adapter === 'Fastify' ? new FastifyAdapter() : new ExpressAdapter();
  const app = testing.createNestApplication(http, { logger: false });
  onTestFinished(() => app.close());
  configure?.(app);
  await app.listen(0, '127.0.0.1');
  const cacheOf = <K, V>({ token }: CacheDefinition<K, V>): Cache<K, V> => app.get<Cache<K, V>>(token);
  return { server: request(await app.getUrl()), app, cacheOf };
}
