import { Controller, Get, Param, UseInterceptors } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { AdminModule } from '@nuthatch/admin';
import { type Cache, CacheModule, type CachePolicy, CacheRegistry, CacheResponse, defineCache } from '@nuthatch/cache';
import { HttpCacheInterceptor } from '@nuthatch/cache';
import { RedisConnection } from '@nuthatch/redis';
import request from 'supertest';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { eventually } from '../../../test/support/eventually.js';
import { type RedisServer, startRedis } from '../../../test/support/redis-server.js';
import { reportOf } from '../src/cli/report.js';

const secret = 'operator-secret-0123456789';
const RECORD = 'shop:c:texts:sk';
const STRONG = { strong: true };
const load = async (): Promise<string> => 'loaded';

type Policy = Partial<Pick<CachePolicy<string, string>, 'ttl' | 'version'>>;

/** Starts an instance of an application with a cache of texts, a route of it, and the admin API. */
async function startInstance({ url }: RedisServer, policy: Policy) {
  // On a busy machine, the default would expire now and then, and another reason would be the right one.
  const redis = { topology: { mode: 'single', url }, operationTimeoutMs: 2_000 } as const;
  const texts = defineCache<string, string>('texts', {
    key: z.string(),
    ttl: '60s',
    tags: () => ['texts'],
    ...policy,
  });

  @Controller('texts')
  @UseInterceptors(HttpCacheInterceptor)
  class Texts {
    @Get(':id')
    @CacheResponse(texts, ({ params }) => params['id'])
    find(@Param('id') id: string): string {
      return id === 'large' ? 'x'.repeat(2_000) : id;
    }
  }

  const testing = await Test.createTestingModule({
    imports: [
      CacheModule.forRoot({ redis, namespace: 'shop', caches: [texts], maxPayloadBytes: 1_000 }),
      AdminModule.forRoot({ tokens: [{ name: 'ops', scopes: ['read', 'invalidate'], secret }] }),
    ],
    controllers: [Texts],
  }).compile();
  const app = testing.createNestApplication(new FastifyAdapter(), { logger: false });
  onTestFinished(() => app.close());
  await app.listen(0, '127.0.0.1');
  await app.get(CacheRegistry).ready();
  const server = request(await app.getUrl());
  const authorized = { authorization: `Bearer ${secret}` };
  const explain = async (id = 'k') =>
    (
      await server
        .get('/admin/cache/explain')
        .query({ url: `/texts/${id}` })
        .set(authorized)
        .expect(200)
    ).body;
  return {
    registry: app.get(CacheRegistry),
    cache: app.get<Cache<string, string>>(texts.token),
    visit: (id = 'k', headers: Readonly<Record<string, string>> = {}) =>
      server.get(`/texts/${id}`).set(headers).expect(200),
    invalidate: (names: object) =>
      server
        .post('/admin/cache/invalidations')
        .set(authorized)
        .send({ ...names, reason: 'test' })
        .expect(200),
    explain,
    lastMiss: async (id?: string): Promise<unknown> => (await explain(id)).lastMiss,
  };
}

async function given(policy: Policy = {}) {
  const redis = await startRedis();
  onTestFinished(() => redis.kill());
  return {
    redis,
    start: (other: Policy = policy) => startInstance(redis, other),
    ...(await startInstance(redis, policy)),
  };
}

describe('explain through the admin API', () => {
  it('says that this instance has not seen the entry before', async () => {
    const { visit, lastMiss } = await given();
    expect(await lastMiss()).toBeUndefined();
    await visit();
    expect(await lastMiss()).toMatchObject({ reason: 'never-stored', invalidated: [] });
  });

  it('says that the entry had expired', async () => {
    const { visit, lastMiss } = await given({ ttl: '200ms' });
    await eventually(async () => {
      await visit();
      expect(await lastMiss()).toMatchObject({ reason: 'expired' });
    });
  });

  it('says that a tag was invalidated, which one and when', async () => {
    const { visit, invalidate, lastMiss } = await given();
    await visit();
    await invalidate({ tags: ['texts'] });
    await visit();
    expect(await lastMiss()).toMatchObject({
      reason: 'tag-invalidated',
      invalidated: ['shop:t:stexts'],
      invalidatedAt: expect.any(Number),
      by: { tags: ['shop:t:stexts'] },
    });
  });

  it('gives the command the reason, the tag and the time for its report', async () => {
    const { visit, invalidate, explain } = await given();
    await visit();
    await invalidate({ tags: ['texts'] });
    await visit();
    const time = String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`;
    expect(reportOf('explain', await explain()).text).toMatch(
      new RegExp(
        `last miss +${time}, tag-invalidated: .*\\n.*caused by +shop:t:stexts at ${time}, by an invalidation of this instance\\n`,
      ),
    );
  });

  it('says that the entry was invalidated', async () => {
    const { visit, invalidate, lastMiss } = await given();
    await visit();
    await invalidate({ keys: [{ cache: 'texts', key: 'k' }] });
    await visit();
    expect(await lastMiss()).toMatchObject({ reason: 'key-invalidated', by: { recordKeys: [RECORD] } });
  });

  it('says that Redis has evicted the entry', async () => {
    const { redis, visit, cache, lastMiss } = await given();
    await visit();
    const commands = new RedisConnection({ topology: { mode: 'single', url: redis.url }, operationTimeoutMs: 5_000 });
    onTestFinished(() => commands.close());
    commands.open();
    await commands.firstAttempt;
    // For a reader, an eviction by Redis is the same.
    await commands.run((client) => client.del(RECORD));
    await cache.readThrough('k', load, STRONG);
    expect(await lastMiss()).toMatchObject({ reason: 'evicted' });
  });

  it('says that another instance was writing the entry', async () => {
    const { start, cache, lastMiss } = await given();
    const other = await start();
    const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const writing = other.cache.writeInvalidate('k', async () => {
      begun.resolve();
      await end.promise;
    });
    await begun.promise;
    await cache.readThrough('k', load, STRONG);
    expect(await lastMiss()).toMatchObject({ reason: 'write-in-progress' });
    end.resolve();
    await writing;
  });

  it('says that Redis was unavailable', async () => {
    const { redis, registry, visit, lastMiss } = await given();
    await visit();
    await redis.kill();
    await eventually(() => expect(registry.channel.connected).toBe(false));
    await visit();
    expect(await lastMiss()).toMatchObject({ reason: 'redis-unavailable' });
  });

  it('says that the key lacks the requester of a request with credentials', async () => {
    const { visit, lastMiss } = await given();
    await visit('k', { authorization: 'Bearer a-token' });
    expect(await lastMiss()).toMatchObject({ reason: 'principal' });
  });

  it('says that the value is too large to be stored', async () => {
    const { visit, lastMiss } = await given();
    await visit('large');
    await visit('large');
    expect(await lastMiss('large')).toMatchObject({ reason: 'too-large' });
  });

  it('says that another version of the policy has stored the entry', async () => {
    const { start, visit } = await given();
    await visit();
    const newer = await start({ version: 2 });
    await newer.visit();
    expect(await newer.lastMiss()).toMatchObject({ reason: 'other-schema' });
  });
});
