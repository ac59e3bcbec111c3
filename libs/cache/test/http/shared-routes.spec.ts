import {
  BadRequestException,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { adapters, givenServer } from '../given-server.js';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { CacheResponse } from '../../src/http/cache-response.decorator.js';
import { HttpCacheInterceptor } from '../../src/http/http-cache.interceptor.js';

const items = defineCache<number>('items', { ttl: '30s' });

@Injectable()
class NoQuery implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { query } = context.switchToHttp().getRequest<{ query: object }>();
    if (Object.keys(query).length > 0) throw new BadRequestException();
    return true;
  }
}

@UseInterceptors(HttpCacheInterceptor)
class Items {
  @Get(':id')
  @CacheResponse(items, ({ params }) => params['id'])
  find(): number {
    return 1;
  }
}

@Controller('guarded')
@UseGuards(NoQuery)
class Guarded extends Items {}

@Controller('plain')
class Plain extends Items {}

describe.each(adapters)('two controllers that inherit one cached handler on %s', (adapter) => {
  it.each([
    ['the guarded one first', [Guarded, Plain]],
    ['the guarded one last', [Plain, Guarded]],
  ])('keep the guard of the guarded one on every hit: %s', async (_, controllers) => {
    const { server } = await givenServer(adapter, { caches: [items], controllers });
    for (const xCache of ['MISS', 'HIT']) {
      expect((await server.get('/guarded/1').expect(200)).headers['x-cache']).toBe(xCache);
      await server.get('/guarded/1?x=1').expect(400);
    }
    expect((await server.get('/plain/1?x=1').expect(200)).headers['x-cache']).toBe('HIT');
  });
});
