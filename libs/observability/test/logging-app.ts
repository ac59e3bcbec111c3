import {
  Controller,
  Get,
  InternalServerErrorException,
  Logger as NestLogger,
  Param,
  Req,
  UseInterceptors,
} from '@nestjs/common';
import type { NestApplication } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { CacheModule, CacheResponse, defineCache, HttpCacheInterceptor } from '@nuthatch/cache';
import { AppLogger, ObservabilityModule, type ObservabilityOptions } from '@nuthatch/observability';
import { z } from 'zod';

export const adapters = { fastify: () => new FastifyAdapter(), express: () => new ExpressAdapter() };
export type AdapterName = keyof typeof adapters;

export interface User {
  readonly id: string;
  readonly email: string;
}

const userById = defineCache<User>('users.byId', { key: z.string().max(64), ttl: '30s' });

@Controller()
@UseInterceptors(HttpCacheInterceptor)
class TalkingController {
  readonly #logger = new NestLogger('Talking');

  @Get('users/:id')
  @CacheResponse(userById, ({ params }) => params['id'])
  async find(@Param('id') id: string): Promise<User> {
    this.#logger.log('looked a user up');
    return { id, email: 'ada@example.com' };
  }

  @Get('broken')
  fail(): never {
    throw new InternalServerErrorException();
  }

  @Get('leaking')
  leak(): string {
    this.#logger.warn({ headers: { authorization: 's3cret' }, request: { headers: { cookie: 's3cret' } } });
    this.#logger.error(Object.assign(new Error('no user ada@example.com'), { detail: 's3cret' }));
    return 'ok';
  }

  /** Returns whether pino-http handled the request: it stores its loggers there. */
  @Get('seen')
  seen(@Req() request: { readonly raw?: object }): boolean {
    return 'allLogs' in (request.raw ?? request);
  }

  @Get('health/ready')
  ready(): string {
    return 'ok';
  }

  /** Never answers. */
  @Get('slow')
  slow(): Promise<string> {
    return new Promise(() => {});
  }
}

/** Every line, parsed. nestjs-pino has one logger per process, so all applications of a test file write here. */
export const lines: Record<string, unknown>[] = [];
const destination = { write: (line: string): void => void lines.push(JSON.parse(line)) };

export async function givenLoggingApp(
  adapter: AdapterName,
  level: ObservabilityOptions['level'],
): Promise<NestApplication> {
  const testing = await Test.createTestingModule({
    imports: [
      ObservabilityModule.forRoot({ level, destination }),
      CacheModule.forRoot({ namespace: 'test' }),
      CacheModule.forFeature(userById),
    ],
    controllers: [TalkingController],
  }).compile();
  const app = testing.createNestApplication<NestApplication>(adapters[adapter](), { bufferLogs: true });
  app.useLogger(app.get(AppLogger));
  await app.listen(0, '127.0.0.1');
  lines.length = 0;
  return app;
}
