import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { type CanActivate, Controller, Get, Logger, Param, UseGuards, UseInterceptors } from '@nestjs/common';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { CACHE_RUNTIME, type CacheRuntime } from '../../src/core/cache-runtime.js';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { CacheResponse } from '../../src/http/cache-response.decorator.js';
import type { ClientCaching } from '../../src/http/headers/cache-control.js';
import { HttpCacheInterceptor } from '../../src/http/http-cache.interceptor.js';
import { EdgeHeaders, LONGEST_UNKNOWN_MS } from '../../src/http/headers/edge-headers.js';
import type { KeySource } from '../../src/http/route/cached-route.js';
import { type Adapter, adapters, givenServer } from '../given-server.js';

interface User {
  readonly id: string;
}

const users = defineCache<User>('users', {
  ttl: '1m',
  staleWhileRevalidate: '1m',
  tags: (id) => [`team of ${id}`],
  from: { table: 'users', key: 'id' },
});
const idOf = ({ params }: KeySource) => params['id'];
const forAnHour: ClientCaching = { scope: 'public', edgeMaxAge: '1h' };

@Controller()
@UseInterceptors(HttpCacheInterceptor)
class UsersController {
  @Get('kept/:id')
  @CacheResponse(users, idOf, { cacheControl: forAnHour })
  async kept(@Param('id') id: string): Promise<User> {
    if (id === 'slow') await pause(LONGEST_UNKNOWN_MS + 50);
    return { id };
  }

  @Get('plain/:id')
  @CacheResponse(users, idOf, { cacheControl: { scope: 'public' } })
  plain(@Param('id') id: string): User {
    return { id };
  }
}

/** Starts a server in front of which is a CDN. */
async function given(adapter: Adapter, { enabled = true } = {}) {
  const { server, app } = await givenServer(adapter, {
    caches: [users],
    controllers: [UsersController],
    configure: (application) => {
      application.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
        if (request.headers['x-cookie'] !== undefined) response.setHeader('set-cookie', 'a=b');
        next();
      });
    },
  });
  const { outbox, clock } = app.get<CacheRuntime>(CACHE_RUNTIME);
  // However slow the machine is, no read is late unless its test says so.
  const followed = (): void => outbox.status.applied(clock.now() + 3_600_000);
  followed();
  const headersOf = (names: readonly string[], seconds: number) => ({
    'cdn-cache-control': `max-age=${seconds}`,
    'surrogate-key': names.join(' '),
  });
  if (enabled) app.get(EdgeHeaders).enable({ headersOf });
  const headersAt = async (path: string, headers: Readonly<Record<string, string>> = {}) => {
    const answer = await server.get(path).set(headers);
    const { 'cdn-cache-control': lifetime, 'surrogate-key': names, 'cache-control': control, vary } = answer.headers;
    return { lifetime, names, control, vary, result: answer.headers['x-cache'], status: answer.status };
  };
  return { server, headersAt, followed, outbox, clock };
}

const NAMES = 'nuthatch:c:users:s7 nuthatch:all nuthatch:all:users nuthatch:t:steam of 7';

describe.each(adapters)('on %s', (adapter) => {
  it('an answer of a route with edgeMaxAge has the names of all that invalidates it, and clients keep to Cache-Control', async () => {
    const { headersAt, server } = await given(adapter);
    const kept = {
      lifetime: 'max-age=3600',
      names: NAMES,
      control: 'public, no-cache',
      vary: 'consistency-token',
      status: 200,
    };
    expect(await headersAt('/kept/7')).toEqual({ ...kept, result: 'MISS' });
    expect(await headersAt('/kept/7')).toEqual({ ...kept, result: 'HIT' });
    const { etag = '' } = (await server.head('/kept/7')).headers;
    expect(await headersAt('/kept/7', { 'if-none-match': etag })).toEqual({ ...kept, result: 'HIT', status: 304 });
  });

  it.each<[string, string, Readonly<Record<string, string>>, string]>([
    ['a route without edgeMaxAge', '/plain/7', {}, 'public, no-cache'],
    ['a response with a cookie', '/kept/7', { 'x-cookie': 'yes' }, 'private, no-cache'],
    ['a request with credentials', '/kept/7', { authorization: 'Bearer a' }, 'private, no-cache'],
  ])('an answer of %s must not be kept by a CDN', async (_, path, headers, control) => {
    const { headersAt } = await given(adapter);
    await headersAt(path);
    expect(await headersAt(path, headers)).toMatchObject({ lifetime: undefined, names: undefined, control });
  });

  it('an answer whose load took long must not be kept by a CDN, and the next one may', async () => {
    const { headersAt, followed, outbox, clock } = await given(adapter);
    outbox.status.applied(clock.now());
    expect(await headersAt('/kept/slow')).toMatchObject({
      lifetime: undefined,
      result: 'MISS',
      control: 'public, no-cache',
    });
    followed();
    expect(await headersAt('/kept/slow')).toMatchObject({ lifetime: 'max-age=3600', result: 'HIT' });
  });

  it('an answer must not be kept by a CDN while its process follows the outbox late', async () => {
    const { headersAt, outbox, clock } = await given(adapter);
    outbox.status.applied(clock.now() - LONGEST_UNKNOWN_MS - 1);
    expect(await headersAt('/kept/7')).toMatchObject({ lifetime: undefined, names: undefined });
  });

  it('a stale answer must not be kept by a CDN, because it has expired', async () => {
    const { headersAt, followed, clock } = await given(adapter);
    await headersAt('/kept/7');
    const now = clock.now();
    const later = vi.spyOn(clock, 'now').mockImplementation(() => now + 90_000);
    onTestFinished(() => {
      later.mockRestore();
    });
    followed();
    expect(await headersAt('/kept/7')).toMatchObject({ lifetime: undefined, result: 'STALE' });
  });

  it('no answer may be kept by a CDN without EdgeModule', async () => {
    const { headersAt } = await given(adapter, { enabled: false });
    expect(await headersAt('/kept/7')).toMatchObject({ lifetime: undefined, control: 'public, no-cache' });
  });
});

describe('the boot', () => {
  const items = defineCache<User>('items', { ttl: '1m' });

  it('rejects edgeMaxAge for a cache without a table, of which no change would purge the CDN', async () => {
    @Controller()
    @UseInterceptors(HttpCacheInterceptor)
    class ItemsController {
      @Get(':id')
      @CacheResponse(items, idOf, { cacheControl: forAnHour })
      find(): User {
        return { id: '1' };
      }
    }
    await expect(givenServer('Fastify', { caches: [items], controllers: [ItemsController] })).rejects.toThrow(
      /ItemsController\.find has edgeMaxAge, but the cache "items" has no table.*"from"/,
    );
  });

  it.each<[ClientCaching, RegExp]>([
    [{ edgeMaxAge: '1h' }, /set scope to 'public' too/],
    [{ scope: 'private', edgeMaxAge: '1h' }, /set scope to 'public' too/],
    [{ scope: 'public', edgeMaxAge: '1500ms' }, /edgeMaxAge "1500ms": write whole seconds/],
  ])('rejects the options %j', (cacheControl, problem) => {
    expect(() => CacheResponse(users, idOf, { cacheControl })).toThrow(problem);
  });

  it('warns of a guard, which does not run for an answer of a CDN', async () => {
    class Guard implements CanActivate {
      canActivate(): boolean {
        return true;
      }
    }
    @Controller()
    @UseInterceptors(HttpCacheInterceptor)
    class GuardedController {
      @Get(':id')
      @UseGuards(Guard)
      @CacheResponse(users, idOf, { cacheControl: forAnHour })
      find(): User {
        return { id: '1' };
      }
    }
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    onTestFinished(() => {
      warn.mockRestore();
    });
    await givenServer('Fastify', { caches: [users], controllers: [GuardedController] });
    expect(warn.mock.calls.flat()).toContainEqual(
      expect.stringMatching(/GuardedController\.find has edgeMaxAge and a guard/),
    );
  });
});
