import { Controller, Get, Param, UseInterceptors } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { adapters, givenServer } from '../given-server.js';
import { CacheResponse } from '../../src/http/cache-response.decorator.js';
import { HttpCacheInterceptor } from '../../src/http/http-cache.interceptor.js';

const texts = defineCache<string>('texts', {
  ttl: '30s',
  etag: (text) => (text === 'throws' ? JSON.parse('') : text),
});

@Controller()
@UseInterceptors(HttpCacheInterceptor)
class TextsController {
  @Get(':text')
  @CacheResponse(texts, ({ params }) => params['text'])
  find(@Param('text') text: string): string {
    return text;
  }
}

describe.each(adapters)('on %s', (adapter) => {
  it.each(['throws', 'a b', 'a"b', '\u{fc}\u{20ac}'])(
    'a bypassed answer has the tag of its text if its policy has the invalid etag %s',
    async (text) => {
      const { server } = await givenServer(adapter, { caches: [texts], controllers: [TextsController] });
      const ask = (tag = '"another"') =>
        server.get(`/${encodeURIComponent(text)}`).set({ Authorization: 'Bearer a', 'If-None-Match': tag });
      const { headers } = await ask().expect(200);
      expect(headers['etag']).toMatch(/^W\/"[\w-]{22}"$/);
      expect((await ask(headers['etag'])).status).toBe(304);
    },
  );
});
