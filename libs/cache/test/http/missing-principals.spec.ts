import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Inject,
  Logger,
  Req,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { adapters, givenServer } from '../given-server.js';
import type { Cache } from '../../src/core/cache.js';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { CacheResponse } from '../../src/http/cache-response.decorator.js';
import { HttpCacheInterceptor } from '../../src/http/http-cache.interceptor.js';
import type { Requester } from '../../src/http/route/cached-route.js';
import { requesterOf } from '../../src/http/route/request-key.js';

const policy = { ttl: '20ms' } as const;
const answers = defineCache<string>('answers', policy);
const nested = defineCache<string>('nested', policy);
const carts = defineCache<string>('carts', policy);

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
  constructor(@Inject(carts.token) private readonly cache: Cache<string, string>) {}

  /** The route is not cached, but the cart is, under a key without the user. */
  @Get('cart')
  cart(@Req() request: Requester): Promise<string> {
    return this.cache.readThrough('cart', async () => `cart of ${requesterOf(request)}`);
  }
}

@Controller()
@UseInterceptors(HttpCacheInterceptor)
class AnswersController {
  constructor(@Inject(nested.token) private readonly cache: Cache<string, string>) {}

  @Get(':id')
  @CacheResponse(answers, ({ params }) => params['id'])
  find(@Req() { headers }: { readonly headers: Readonly<Record<string, string | undefined>> }): Promise<string> {
    return this.cache.readThrough('k', async () => headers['authorization'] ?? 'anonymous');
  }
}

describe.each(adapters)('the detector of missing principals on %s', (adapter) => {
  it('reports a nested cache whose values depend on the requester of an unguarded route', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    onTestFinished(() => warn.mockRestore());
    const { server } = await givenServer(adapter, {
      caches: [answers, nested],
      controllers: [AnswersController],
      options: { reportSharedPrincipals: true },
    });
    for (const requester of [undefined, 'ann', undefined, 'ann', undefined]) {
      // Retries until the values of the previous requester have expired.
      await vi.waitFor(async () => {
        const request = server.get('/1');
        const { text } = await (requester === undefined ? request : request.set('Authorization', requester));
        expect(text).toBe(JSON.stringify(requester ?? 'anonymous'));
      });
    }
    const reports = warn.mock.calls.map(([message]) => String(message));
    expect(reports.filter((message) => /Cache "nested".*depends on the requester/.test(message))).toHaveLength(1);
  });

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
