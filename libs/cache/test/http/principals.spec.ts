import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Param,
  Req,
  UnauthorizedException,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { adapters, givenServer } from '../given-server.js';
import { CacheResponse } from '../../src/http/cache-response.decorator.js';
import { cachedRoute, type KeySource } from '../../src/http/route/cached-route.js';
import type { Requester } from '../../src/http/route/cached-route.js';
import { HttpCacheInterceptor } from '../../src/http/http-cache.interceptor.js';

const shared = defineCache<number>('shared', { ttl: '30s' });
const ofUser = z.strictObject({ id: z.string(), principal: z.string().max(1_000).optional() });
const personal = defineCache<string, z.output<typeof ofUser>>('personal', {
  key: ofUser,
  ttl: '30s',
});
/** The schema lacks the principal that the type of the key has. */
const forgetful = defineCache<string, z.output<typeof ofUser>>('forgetful', {
  key: z.object({ id: z.string() }),
  ttl: '30s',
});
const confusing = defineCache<string, z.output<typeof ofUser>>('confusing', {
  key: z.object({ id: z.string(), principal: z.string().toLowerCase().optional() }),
  ttl: '30s',
});

class User {
  constructor(readonly name: string) {}
}
const nameOf = ({ user }: Requester): string | undefined => (user instanceof User ? user.name : undefined);
const idOf = ({ params }: KeySource) => params['id'];

/** Sets the user that `X-User` names, and rejects "banned". */
class NameGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request: { headers: Record<string, string | undefined>; user?: unknown } = context
      .switchToHttp()
      .getRequest();
    const name = request.headers['x-user'];
    if (name === 'banned') throw new UnauthorizedException();
    if (name !== undefined) request.user = new User(name);
    return true;
  }
}

@Controller()
@UseGuards(NameGuard)
@UseInterceptors(HttpCacheInterceptor)
class PrincipalsController {
  calls = 0;

  @Get('shared/:id')
  @CacheResponse(shared, idOf, { cacheControl: { scope: 'public', maxAge: '1m' } })
  shared(): number {
    return (this.calls += 1);
  }

  @Get('personal/:id')
  @CacheResponse(personal, ({ params, query }) => ({ ...query, id: params['id'] }), { principal: nameOf })
  personal(@Req() request: Requester, @Param('id') id: string): string {
    this.calls += 1;
    return `${id} of ${nameOf(request) ?? 'no principal'}, ${this.calls}`;
  }

  @Get('forgetful/:id')
  @CacheResponse(forgetful, ({ params }) => ({ id: params['id'] }), { principal: nameOf })
  forgetful(@Req() request: Requester): string {
    return `of ${nameOf(request)}`;
  }

  @Get('confusing/:id')
  @CacheResponse(confusing, ({ params }) => ({ id: params['id'] }), { principal: nameOf })
  confusing(@Req() request: Requester): string {
    return `of ${nameOf(request)}`;
  }
}

describe.each(adapters)('on %s', (adapter) => {
  const given = () =>
    givenServer(adapter, { caches: [shared, personal, forgetful, confusing], controllers: [PrincipalsController] });

  it.each([
    [
      'a request with a bearer token is neither answered from the cache nor stored (TupiC/strapi-cache#97)',
      { Authorization: 'Bearer a' },
    ],
    [
      'a request with a name and a password is neither answered from the cache nor stored',
      { Authorization: 'Basic YTpi' },
    ],
    ['a request with a cookie is neither answered from the cache nor stored', { Cookie: 'session=a' }],
    ['a request with a user that a guard sets is neither answered from the cache nor stored', { 'X-User': 'ann' }],
  ])('%s', async (_, credentials) => {
    const { server } = await given();
    for (const calls of ['1', '2']) {
      const { text, headers } = await server.get('/shared/1').set(credentials).expect(200);
      expect(text).toBe(calls);
      expect(headers).toMatchObject({
        'x-cache': 'BYPASS',
        'cache-status': 'nuthatch; fwd=bypass; detail=credentials',
        // RFC 9111 §3.5: "public" would allow shared caches to send it to other requesters.
        'cache-control': 'private, no-cache',
      });
    }
    for (const xCache of ['MISS', 'HIT']) {
      const { text, headers } = await server.get('/shared/1').expect(200);
      expect([text, headers['x-cache'], headers['cache-control']]).toEqual(['3', xCache, 'public, max-age=60']);
    }
    expect((await server.get('/shared/1').set(credentials)).text).toBe('4');
  });

  it('a request is answered only from the entries of its principal (nestjs/cache-manager#309, nestjs/cache-manager PR #724)', async () => {
    const { server } = await given();
    const ask = async (user?: string, query = '') =>
      (await server.get(`/personal/1${query}`).set(user === undefined ? {} : { 'X-User': user })).body;
    expect(await ask('ann')).toBe('1 of ann, 1');
    expect(await ask('bob')).toBe('1 of bob, 2');
    expect(await ask()).toBe('1 of no principal, 3');
    expect([await ask('ann'), await ask('bob'), await ask()]).toEqual([
      '1 of ann, 1',
      '1 of bob, 2',
      '1 of no principal, 3',
    ]);
    // The query cannot set the principal.
    expect(await ask(undefined, '?principal=ann')).toBe('1 of no principal, 3');
    expect(await ask('bob', '?principal=ann')).toBe('1 of bob, 2');
  });

  it('a request with credentials but without a principal bypasses the cache', async () => {
    const { server } = await given();
    for (const n of [1, 2]) {
      const { body, headers } = await server.get('/personal/1').set('Authorization', 'Bearer a');
      expect([body, headers['x-cache']]).toEqual([`1 of no principal, ${n}`, 'BYPASS']);
    }
    for (const n of [3, 4]) {
      const { body, headers } = await server.get('/personal/1').set('X-User', '');
      expect([body, headers['x-cache']]).toEqual([`1 of , ${n}`, 'BYPASS']);
    }
  });

  it('a guard rejects a request whose answer is in the cache', async () => {
    const { server } = await given();
    await server.get('/shared/1').expect(200);
    const { headers } = await server.get('/shared/1').set('X-User', 'banned').expect(401);
    expect(headers).not.toHaveProperty('cache-status');
  });

  it.each([
    ['drops', '/forgetful/1'],
    ['changes', '/confusing/1'],
  ])('a request fails if the key schema of its cache %s the principal', async (_, path) => {
    const { server } = await given();
    for (const user of ['Ann', 'ANN']) expect((await server.get(path).set('X-User', user)).status).toBe(500);
  });
});

describe(cachedRoute, () => {
  it.each([
    ['public', { cacheControl: { scope: 'public' }, principal: nameOf }, /"personal" has a principal.*"private"/],
  ] as const)('cachedRoute rejects a principal on a route that is %s', (_, options, expected) => {
    expect(() => cachedRoute(personal, () => ({}), options)).toThrow(expected);
  });

  it.each(['*', 'a b', '', 'Accept-Language, Cookie'])(
    'cachedRoute rejects %j as a header of the option "vary"',
    (header) => {
      expect(() => cachedRoute(personal, () => ({}), { vary: { id: header } })).toThrow(/is no name of a header/);
    },
  );
});
