import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Req,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { adapters, givenServer } from '../given-server.js';
import { CacheResponse } from '../../src/http/cache-response.decorator.js';
import type { Requester } from '../../src/http/route/cached-route.js';
import { HttpCacheInterceptor } from '../../src/http/http-cache.interceptor.js';

interface Page {
  readonly text: string;
  readonly version: number;
}

const etag = ({ version }: Page) => `${version}`;
const policy = { ttl: '30s', etag } as const;
const own = z.strictObject({ principal: z.string().optional() });
const language = z.strictObject({ language: z.string().transform((accepted) => accepted.slice(0, 2)) });
const mine = defineCache<Page, z.output<typeof own>>('mine', { key: own, ...policy });
const pages = defineCache<Page, z.output<typeof language>>('pages', { key: language, ...policy });
const nameOf = ({ user }: Requester) => (typeof user === 'string' ? user : undefined);

class NameGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request: { headers: Record<string, string>; user?: unknown } = context.switchToHttp().getRequest();
    request.user = request.headers['x-user'];
    return true;
  }
}

@Controller()
@UseInterceptors(HttpCacheInterceptor)
class PagesController {
  version = 1;

  @Get('mine')
  @UseGuards(NameGuard)
  @CacheResponse(mine, () => ({}), { principal: nameOf })
  mine(@Req() request: Requester): Page {
    return { text: `of ${nameOf(request) ?? 'no user'}`, version: this.version };
  }

  @Get('page')
  @CacheResponse(pages, () => ({}), { vary: { language: 'Accept-Language' } })
  page(@Req() { headers }: Requester): Page {
    return { text: `in ${headers['accept-language']?.slice(0, 2)}`, version: this.version };
  }
}

describe.each(adapters)('on %s', (adapter) => {
  const given = () => givenServer(adapter, { caches: [mine, pages], controllers: [PagesController] });

  it.each([
    ['principal', '/mine', 'X-User'],
    ['language', '/page', 'Accept-Language'],
  ])('the strong tag for one %s does not match the answer for another at the same version', async (_, path, header) => {
    const [one, other] = ['de', 'en'];
    const { server } = await given();
    const { headers } = await server.get(path).set(header, one).expect(200);
    const tag = headers['etag'] ?? '';
    expect(tag).toMatch(/^"1\.[\w-]{22}"$/);
    for (const _both of ['a miss', 'a hit']) {
      await server
        .get(path)
        .set({ [header]: other, 'If-None-Match': tag })
        .expect(200);
      await server
        .get(path)
        .set({ [header]: other, 'If-Match': tag })
        .expect(412);
      await server
        .get(path)
        .set({ [header]: one, 'If-None-Match': tag })
        .expect(304)
        .expect('etag', tag);
      await server
        .get(path)
        .set({ [header]: one, 'If-Match': tag })
        .expect(200)
        .expect('etag', tag);
    }
  });

  it('a bypassed answer has the tag of its own text', async () => {
    const { server } = await given();
    const { headers } = await server.get('/mine').set('X-User', 'ann');
    const bypassed = await server
      .get('/mine')
      .set({ Cookie: 'a=b', 'If-None-Match': headers['etag'] ?? '' })
      .expect(200);
    expect(bypassed.headers['etag']).not.toBe(headers['etag']);
    const anonymous = await server.get('/mine').expect(200);
    expect(anonymous.headers['etag']).toBe(bypassed.headers['etag']);
  });
});
