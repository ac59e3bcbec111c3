import {
  type CallHandler,
  Controller,
  type ExecutionContext,
  Get,
  type INestApplication,
  type NestInterceptor,
  Req,
  UseInterceptors,
} from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { adapters, givenServer } from '../given-server.js';
import { CacheResponse } from '../../src/http/cache-response.decorator.js';
import type { KeySource } from '../../src/http/route/cached-route.js';
import type { Requester } from '../../src/http/route/cached-route.js';
import { HttpCacheInterceptor } from '../../src/http/http-cache.interceptor.js';

const policy = { ttl: '30s' } as const;
const own = z.strictObject({ principal: z.string().optional() });
const publicly = z.strictObject({ principal: z.string().default('public') });
const shared = defineCache<string>('shared', policy);
const mine = defineCache<string, z.output<typeof own>>('mine', { key: own, ...policy });
const defaulting = defineCache<string, z.output<typeof publicly>>('defaulting', { key: publicly, ...policy });
const idOf = ({ params }: KeySource) => params['id'];
const nameOf = ({ user, raw }: Requester): string | undefined => {
  const found = user ?? raw?.user;
  return typeof found === 'string' ? found : undefined;
};

type Incoming = { headers: Record<string, string | undefined>; user?: string | undefined };

/** Sets the user inside the cache interceptor, after the key was computed. */
class FindsUser implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler) {
    const request = context.switchToHttp().getRequest<Incoming>();
    request.user = request.headers['x-late'];
    return next.handle();
  }
}

@Controller()
@UseInterceptors(HttpCacheInterceptor)
class UsersController {
  @Get('shared/:id')
  @CacheResponse(shared, idOf)
  shared(@Req() request: Requester): string {
    return `of ${nameOf(request) ?? 'no user'}`;
  }

  @Get('mine')
  @CacheResponse(mine, () => ({}), { principal: nameOf })
  mine(@Req() request: Requester): string {
    return `of ${nameOf(request) ?? 'no user'}`;
  }

  @Get('defaulting')
  @CacheResponse(defaulting, () => ({}), { principal: nameOf })
  defaulting(@Req() request: Requester): string {
    return `of ${nameOf(request) ?? 'no user'}`;
  }

  @Get('late/shared/:id')
  @UseInterceptors(FindsUser)
  @CacheResponse(shared, idOf)
  lateShared(@Req() request: Requester): string {
    return `of ${nameOf(request) ?? 'no user'}`;
  }

  @Get('late/mine')
  @UseInterceptors(FindsUser)
  @CacheResponse(mine, () => ({}), { principal: nameOf })
  lateMine(@Req() request: Requester): string {
    return `of ${nameOf(request) ?? 'no user'}`;
  }
}

describe.each(adapters)('on %s', (adapter) => {
  const given = async () => {
    const configure = (app: INestApplication) => {
      app.use((request: Incoming, _: unknown, next: () => void) => {
        request.user = request.headers['x-user'];
        next();
      });
    };
    const caches = [shared, mine, defaulting];
    const { server } = await givenServer(adapter, { caches, controllers: [UsersController], configure });
    return async (path: string, headers: Record<string, string> = {}) => {
      const { status, body, headers: answered } = await server.get(path).set(headers);
      return [status, body, answered['x-cache']];
    };
  };

  it('a user that a middleware sets is neither answered from a shared entry nor stored in it', async () => {
    const ask = await given();
    for (const name of ['ann', 'bob']) {
      expect(await ask('/shared/1', { 'X-User': name })).toEqual([200, `of ${name}`, 'BYPASS']);
    }
    for (const xCache of ['MISS', 'HIT']) expect(await ask('/shared/1')).toEqual([200, 'of no user', xCache]);
    expect(await ask('/shared/1', { 'X-User': 'ann' })).toEqual([200, 'of ann', 'BYPASS']);
  });

  it('a user that a middleware sets can be the principal', async () => {
    const ask = await given();
    for (const xCache of ['MISS', 'HIT']) {
      for (const name of ['ann', 'bob']) {
        expect(await ask('/mine', { 'X-User': name })).toEqual([200, `of ${name}`, xCache]);
      }
    }
  });

  it.each(['/late/shared/1', '/late/mine'])(
    'a user that an interceptor inside the cache sets shares no answer: %s',
    async (path) => {
      const ask = await given();
      for (const name of ['ann', 'bob'])
        expect(await ask(path, { 'X-Late': name })).toEqual([200, `of ${name}`, 'MISS']);
      for (const xCache of ['MISS', 'HIT']) expect(await ask(path)).toEqual([200, 'of no user', xCache]);
    },
  );

  it('a user shares no entry with a request without a user, even if the key schema has a default principal', async () => {
    const ask = await given();
    expect(await ask('/defaulting', { 'X-User': 'public' })).toEqual([200, 'of public', 'MISS']);
    expect((await ask('/defaulting'))[0]).toBe(500);
  });
});
