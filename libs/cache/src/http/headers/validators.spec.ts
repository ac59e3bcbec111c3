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
import { defineCache } from '../../core/policy/define-cache.js';
import { adapters, givenServer } from '../../../test/given-server.js';
import { weakEtag } from '../../core/policy/etag.js';
import { CacheResponse } from '../cache-response.decorator.js';
import { cachedRoute } from '../route/cached-route.js';
import type { Requester } from '../route/cached-route.js';
import { HttpCacheInterceptor } from '../http-cache.interceptor.js';
import { lastModified, representationTag } from './validators.js';

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

describe(representationTag, () => {
  const text = '{"n":1}';
  const weak = /^W\/"[\w-]{22}"$/;
  const varying = cachedRoute(pages, () => ({}), { vary: { language: 'Accept-Language' } });
  const plain = cachedRoute(mine, () => ({}), {});
  const answer = { value: {}, json: text };

  it('representationTag is the weak digest of the text without an etag of the policy', () => {
    for (const route of [plain, varying])
      expect(representationTag(route, { ...answer, etag: undefined }, text)).toMatch(weak);
  });

  it('representationTag appends a digest only to the strong tag of a route with variants', () => {
    const digest = weakEtag(text);
    expect(representationTag(varying, { ...answer, etag: digest }, text)).toBe(digest);
    expect(representationTag(plain, { ...answer, etag: '"1"' }, text)).toBe('"1"');
    expect(representationTag(varying, { ...answer, etag: '"1"' }, text)).toBe(`"1.${digest.slice(3)}`);
  });
});

describe(lastModified, () => {
  const changed = '2026-01-01T00:00:00.900Z';
  const second = Date.UTC(2026, 0, 1);

  it('lastModified returns the second in which the change was', () => {
    expect(lastModified(changed, second + 60_000)).toBe(second);
    expect(lastModified(new Date(changed), second + 60_000)).toBe(second);
  });

  it('lastModified returns undefined while another change could have the same second', () => {
    expect(lastModified(changed, second + 4_999)).toBeUndefined();
    expect(lastModified(changed, second + 5_000)).toBe(second);
  });

  it.each(['', 'yesterday', '9999-01-01T00:00:00Z'])(
    'lastModified returns undefined for the invalid or future date %j',
    (changedAt) => {
      expect(lastModified(changedAt, second + 60_000)).toBeUndefined();
    },
  );
});
