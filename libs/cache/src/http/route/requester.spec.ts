import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Logger,
  Req,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Cache } from '../../core/cache.js';
import { defineCache } from '../../core/policy/define-cache.js';
import { InjectCache } from '../../inject-cache.decorator.js';
import { adapters, givenServer } from '../../../test/given-server.js';
import { HttpCacheInterceptor } from '../http-cache.interceptor.js';
import { type Requester, requesterOf } from './requester.js';

const carts = defineCache<string>('carts', { ttl: '20ms' });

class UserGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request: { headers: Record<string, string>; user?: unknown } = context.switchToHttp().getRequest();
    request.user = { id: request.headers['x-user'] };
    return true;
  }
}

@Controller()
@UseGuards(UserGuard)
@UseInterceptors(HttpCacheInterceptor)
class CartsController {
  constructor(@InjectCache(carts) private readonly cache: Cache<string, string>) {}

  /** The route is not cached, but the cart is, under a key without the user. */
  @Get('cart')
  cart(@Req() request: Requester): Promise<string> {
    return this.cache.readThrough('cart', async () => `cart of ${requesterOf(request)}`);
  }
}

describe.each(adapters)('on %s', (adapter) => {
  it.each([
    [true, 1],
    [false, 0],
  ])(
    'reportSharedPrincipals: %j causes %i warnings about a key without the requester',
    async (reportSharedPrincipals, times) => {
      const warn = vi.spyOn(Logger.prototype, 'warn');
      onTestFinished(() => warn.mockRestore());
      const { server } = await givenServer(adapter, {
        caches: [carts],
        controllers: [CartsController],
        options: { reportSharedPrincipals },
      });
      for (const user of ['ann', 'bob', 'ann']) {
        // Retries until the cart of the previous user has expired.
        await vi.waitFor(async () => {
          const { text } = await server.get('/cart').set('X-User', user);
          expect(text).toBe(`cart of user ${user}`);
        });
      }
      expect(warn.mock.calls.flat().filter((said) => /"carts"/.test(said))).toHaveLength(times);
    },
  );
});

describe(requesterOf, () => {
  const headers = { authorization: 'Bearer a', cookie: 'session=a' };
  it.each<[string, Requester, string]>([
    ['the id of a user', { headers, user: { id: 7, exp: 1 } }, 'user 7'],
    ['the id of a user that has a subject too', { headers, user: { sub: 'ann', id: 7 } }, 'user 7'],
    ['the subject of a token', { headers, user: { sub: 'ann' } }, 'user ann'],
    ['a user that is a text itself', { headers, user: 'ann' }, 'user ann'],
    ['the credentials of a user without an id', { headers, user: {} }, 'Bearer a'],
    ['a cookie', { headers: { cookie: 'session=a' }, user: null }, 'session=a'],
    ['an empty text without user and credentials', { headers: {} }, ''],
  ])('requesterOf returns %s', (_, requester, expected) => {
    expect(requesterOf(requester)).toBe(expected);
  });
});
