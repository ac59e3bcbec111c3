import {
  type CallHandler,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { catchError, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { adapters, givenServer } from '../given-server.js';
import { Cache } from '../../src/core/cache.js';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { InjectCache } from '../../src/inject-cache.decorator.js';
import { CacheResponse } from '../../src/http/cache-response.decorator.js';
import type { KeySource } from '../../src/http/route/cached-route.js';
import { HttpCacheInterceptor } from '../../src/http/http-cache.interceptor.js';

const names = defineCache<string>('names', {
  ttl: '30s',
  negativeTtl: '30s',
});
const idOf = ({ params }: KeySource) => params['id'];
const cacheControl = { scope: 'public', maxAge: '1m' } as const;

@Injectable()
class AllowAll implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

/** Answers instead of an error. */
@Injectable()
class Recovering extends HttpCacheInterceptor {
  override intercept(context: ExecutionContext, next: CallHandler) {
    return super.intercept(context, next).pipe(catchError(() => of('recovered')));
  }
}

@Controller()
class NamesController {
  constructor(@InjectCache(names) private readonly cache: Cache<string, string>) {}

  @Get('sound/:id')
  @UseInterceptors(HttpCacheInterceptor)
  @CacheResponse(names, idOf)
  sound(): string {
    return 'Ada';
  }

  @Get('thrown/:id')
  @UseGuards(AllowAll)
  @UseInterceptors(HttpCacheInterceptor)
  @CacheResponse(names, idOf, { cacheControl, headers: () => JSON.parse('') })
  thrown(): string {
    return 'Ada';
  }

  @Get('broken/:id')
  @UseGuards(AllowAll)
  @UseInterceptors(HttpCacheInterceptor)
  @CacheResponse(names, idOf, { cacheControl, headers: () => ({ 'X-Name': 'Łódź' }) })
  broken(): string {
    return 'Ada';
  }

  @Get('recovered/:id')
  @UseInterceptors(Recovering)
  @CacheResponse(names, idOf)
  recovered(): string {
    return 'Ada';
  }

  @Get('absent/:id')
  @UseInterceptors(HttpCacheInterceptor)
  @CacheResponse(names, idOf)
  async absent(): Promise<string> {
    return (await this.cache.readThrough<string | undefined>('unknown', async () => undefined)) ?? '<b>a guest</b>';
  }
}

describe.each(adapters)('on %s', (adapter) => {
  const given = () => givenServer(adapter, { caches: [names], controllers: [NamesController] });

  // Fastify drops all headers of an answer that it cannot send.
  it.each([
    ['/thrown/1', ['no-store']],
    ['/broken/1', ['no-store', undefined]],
  ])(
    'an answer whose option "headers" fails is an error that clients may not store, on a miss and on a hit: %s',
    async (path, kept) => {
      const { server } = await given();
      for (const _ of ['a miss', 'a hit']) {
        const { headers } = await server.get(path).expect(500);
        expect(kept).toContain(headers['cache-control']);
        for (const name of ['age', 'x-cache']) expect(headers).not.toHaveProperty(name);
        const sound = await server.get('/sound/1').expect(200);
        expect(headers['etag']).not.toBe(sound.headers['etag']);
      }
    },
  );

  it('an interceptor that extends HttpCacheInterceptor can catch every failure, on a miss and on a hit', async () => {
    const { server } = await given();
    for (const _ of ['a miss', 'a hit']) {
      const { text } = await server.get('/recovered/1').set('If-Match', '"another"');
      expect(text).toContain('recovered');
      expect((await server.get('/sound/1')).status).toBe(200);
    }
  });

  it('a value that a handler returns despite a negative entry is sent like any other answer', async () => {
    const { server, cacheOf } = await given();
    const answered = async () => {
      const { text, headers } = await server.get('/absent/unknown').expect(200);
      return [text, headers['cache-control'], headers['content-type']];
    };
    const unknown = await answered();
    expect(unknown).toEqual(['"<b>a guest</b>"', 'private, no-cache', 'application/json; charset=utf-8']);
    await cacheOf(names).readThrough<string | undefined>('unknown', async () => undefined);
    expect(await answered()).toEqual(unknown);
  });
});
