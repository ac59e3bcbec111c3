import { Controller, Get, Param, UseInterceptors } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { eventually } from '../../../test/support/eventually.js';
import { type CachePolicy, defineCache } from '../src/core/policy/define-cache.js';
import { CacheResponse } from '../src/http/cache-response.decorator.js';
import { HttpCacheInterceptor } from '../src/http/http-cache.interceptor.js';
import { givenInstance, givenRedis } from './given-instance.js';
import { givenServer } from './given-server.js';

const texts = (policy: Partial<CachePolicy<string, string>> = {}) =>
  defineCache<string, string>({
    name: 'texts',
    version: 1,
    key: z.string(),
    ttl: '60s',
    tags: () => ['all-texts'],
    ...policy,
  });

const load = async (): Promise<string> => 'loaded';
const STRONG = { strong: true };

/** One server and two instances, each with a cache of texts. */
async function given({ policy = {} }: { policy?: Partial<CachePolicy<string, string>> } = {}) {
  const { server, command } = await givenRedis();
  const here = await givenInstance(server, 'app', { actor: () => 'request-7', maxPayloadBytes: 1_000 });
  const there = await givenInstance(server, 'app');
  const [cache, other] = [here.registry.create(texts(policy)), there.registry.create(texts(policy))];
  const lastMiss = async () => (await cache.explain('k')).lastMiss;
  return { server, command, here, there, cache, other, lastMiss };
}

describe('the reason of the last miss', () => {
  it('is never-stored for an entry that this process has not seen', async () => {
    const { cache, lastMiss } = await given();
    expect(await lastMiss()).toBeUndefined();
    await cache.readThrough('k', load);
    expect(await lastMiss()).toMatchObject({ reason: 'never-stored', invalidated: [], by: undefined });
  });

  it('is expired once the time of the entry is over', async () => {
    const { cache, lastMiss } = await given({ policy: { ttl: '200ms' } });
    await cache.readThrough('k', load);
    await eventually(async () => {
      await cache.readThrough('k', load);
      expect(await lastMiss()).toMatchObject({ reason: 'expired' });
    });
  });

  it('is expired for a value that is kept for failures of the origin', async () => {
    const { cache, lastMiss } = await given({ policy: { ttl: '200ms', staleIfError: '60s' } });
    await cache.readThrough('k', load);
    await eventually(async () => {
      await cache.readThrough('k', load);
      expect(await lastMiss()).toMatchObject({ reason: 'expired' });
    });
  });

  it('is tag-invalidated, with the tag and the request that invalidated it', async () => {
    const { cache, lastMiss } = await given();
    await cache.readThrough('k', load);
    await cache.invalidateTags(['all-texts']);
    await cache.readThrough('k', load);
    expect(await lastMiss()).toMatchObject({
      reason: 'tag-invalidated',
      invalidated: ['app:t:sall-texts'],
      invalidatedAt: expect.any(Number),
      by: { kind: 'invalidation', who: 'request-7', tags: ['app:t:sall-texts'] },
    });
  });

  it('is tag-invalidated without a request if another instance invalidated the tag', async () => {
    const { cache, other, lastMiss } = await given();
    await cache.readThrough('k', load);
    await other.invalidateTags(['all-texts']);
    await cache.readThrough('k', load, STRONG);
    await eventually(async () =>
      expect(await lastMiss()).toMatchObject({
        reason: 'tag-invalidated',
        invalidated: ['app:t:sall-texts'],
        by: undefined,
      }),
    );
  });

  it('is key-invalidated, with the request that invalidated it', async () => {
    const { cache, lastMiss } = await given();
    await cache.readThrough('k', load);
    await cache.writeInvalidate('k', load);
    await cache.readThrough('k', load);
    expect(await lastMiss()).toMatchObject({
      reason: 'key-invalidated',
      invalidated: ['app:c:texts:sk'],
      by: { kind: 'write', who: 'request-7', recordKeys: ['app:c:texts:sk'] },
    });
  });

  it('is evicted if the entry left Redis before its time', async () => {
    const { command, cache, lastMiss } = await given();
    await cache.readThrough('k', load);
    // For a reader, an eviction by Redis is the same.
    await command('DEL', 'app:c:texts:sk');
    await cache.readThrough('k', load, STRONG);
    expect(await lastMiss()).toMatchObject({ reason: 'evicted' });
  });

  it('is write-in-progress while the entry is being written', async () => {
    const { cache, other, lastMiss } = await given();
    const [started, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const writing = other.writeInvalidate('k', async () => {
      started.resolve();
      await end.promise;
    });
    await started.promise;
    await cache.readThrough('k', load, STRONG);
    expect(await lastMiss()).toMatchObject({ reason: 'write-in-progress' });
    end.resolve();
    await writing;
  });

  it('is redis-unavailable while Redis is down, and while an invalidation is pending', async () => {
    const { server, cache, here, lastMiss } = await given();
    await server.kill();
    await eventually(() => expect(here.runtime.store.session).toBeUndefined());
    await cache.readThrough('k', load);
    expect(await lastMiss()).toMatchObject({ reason: 'redis-unavailable' });
    await cache.invalidate('other');
    await cache.readThrough('k', load);
    expect(await lastMiss()).toMatchObject({ reason: 'redis-unavailable' });
    await server.start();
  });

  it('is too-large for a value above maxPayloadBytes', async () => {
    const { cache, lastMiss } = await given();
    const large = async (): Promise<string> => 'x'.repeat(2_000);
    await cache.readThrough('k', large);
    await cache.readThrough('k', large);
    expect(await lastMiss()).toMatchObject({ reason: 'too-large' });
  });

  it('is other-schema for an entry of another version of the policy', async () => {
    const { server, other } = await given();
    await other.readThrough('k', load);
    const newer = (await givenInstance(server, 'app')).registry.create(texts({ version: 2 }));
    await newer.readThrough('k', load);
    expect((await newer.explain('k')).lastMiss).toMatchObject({ reason: 'other-schema' });
    await other.readThrough('k', load, STRONG);
    expect((await other.explain('k')).lastMiss).toMatchObject({ reason: 'other-schema' });
  });

  it('is principal for a request with credentials, whose requester the key does not contain', async () => {
    const shared = texts();

    @Controller()
    @UseInterceptors(HttpCacheInterceptor)
    class TextsController {
      @Get('texts/:id')
      @CacheResponse(shared, ({ params }) => params['id'])
      text(@Param('id') id: string): string {
        return id;
      }
    }
    const { server, cacheOf } = await givenServer('Fastify', { caches: [shared], controllers: [TextsController] });
    await server.get('/texts/k').set('authorization', 'Bearer token').expect(200);
    expect((await cacheOf(shared).explain('k')).lastMiss).toMatchObject({ reason: 'principal' });
    expect(cacheOf(shared).counters()).toMatchObject({ gets: 1, bypass: 1 });
  });
});
