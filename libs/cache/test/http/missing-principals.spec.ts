import { Controller, Get, Inject, Logger, Req, UseInterceptors } from '@nestjs/common';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { adapters, givenServer } from '../given-server.js';
import type { Cache } from '../../src/core/cache.js';
import { defineCache } from '../../src/core/policy/define-cache.js';
import { CacheResponse } from '../../src/http/cache-response.decorator.js';
import { HttpCacheInterceptor } from '../../src/http/http-cache.interceptor.js';

const policy = { ttl: '20ms' } as const;
const answers = defineCache<string>('answers', policy);
const nested = defineCache<string>('nested', policy);

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
});
