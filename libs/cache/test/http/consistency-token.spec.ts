import { Body, Controller, Get, Param, Put, UseInterceptors } from '@nestjs/common';
import { describe, expect, it, onTestFinished } from 'vitest';
import { InjectCache, type CacheOf } from '../../src/inject-cache.decorator.js';
import { CacheResponse } from '../../src/http/cache-response.decorator.js';
import { HttpCacheInterceptor } from '../../src/http/http-cache.interceptor.js';
import { defineCache } from '../../src/core/policy/define-cache.js';
import type { CacheModuleOptions } from '../../src/cache.options.js';
import { startFaultProxy } from '../../src/testing/fault-proxy.js';
import { eventually } from '../../../../test/support/eventually.js';
import { givenRedis } from '../given-instance.js';
import { adapters, type Adapter, givenServer } from '../given-server.js';

interface Item {
  readonly name: string;
}

const items = defineCache<Item>('items', { ttl: '30s', tags: (id) => [`item-${id}`] });
const published = defineCache<Item>('published', { ttl: '30s' });

/** What both instances read and write. */
const names = new Map<string, string>();

@Controller('items')
@UseInterceptors(HttpCacheInterceptor)
class ItemsController {
  constructor(@InjectCache(items) private readonly cache: CacheOf<typeof items>) {}

  @Get('published/:id')
  @CacheResponse(published, ({ params }) => params['id'], { cacheControl: { scope: 'public', maxAge: '5s' } })
  async findPublished(@Param('id') id: string): Promise<Item> {
    return { name: names.get(id) ?? 'none' };
  }

  @Get(':id')
  @CacheResponse(items, ({ params }) => params['id'])
  async find(@Param('id') id: string): Promise<Item> {
    return { name: names.get(id) ?? 'none' };
  }

  /** Without `@CacheResponse`: its service reads the cache. */
  @Get(':id/service')
  findByService(@Param('id') id: string): Promise<Item> {
    return this.cache.readThrough(id, async () => ({ name: names.get(id) ?? 'none' }));
  }

  @Put(':id')
  rename(@Param('id') id: string, @Body() { name }: Item): Promise<Item> {
    return this.cache.writeThrough(id, async () => {
      names.set(id, name);
      return { name };
    });
  }
}

/** Two instances that serve their memory and do not receive the messages of each other any more. */
async function given(adapter: Adapter, options: CacheModuleOptions = {}) {
  const { server: redis } = await givenRedis();
  const start = async () => {
    const proxy = await startFaultProxy(redis);
    onTestFinished(() => proxy.close());
    const topology = { mode: 'single', url: `redis://127.0.0.1:${proxy.port}` } as const;
    const { server } = await givenServer(adapter, {
      caches: [items, published],
      controllers: [ItemsController],
      // Nothing notices the frozen connection.
      options: { ...options, redis: { topology, operationTimeoutMs: 60_000 }, maxStaleness: '1h' },
    });
    // Otherwise its connections would not close before their deadline.
    onTestFinished(() => proxy.thaw());
    return { server, freeze: () => proxy.freeze('down', 'nuthatch-pushes') };
  };
  const [one, other] = await Promise.all([start(), start()]);
  await one.server.put('/items/1').send({ name: 'old' });
  // Messages of the write may still arrive, and keep its value out of the memory.
  for (const { server } of [one, other])
    await eventually(() => server.get('/items/1').expect('cache-status', /detail=l1/));
  for (const { freeze } of [one, other]) freeze();
  return [one.server, other.server] as const;
}

type Server = Awaited<ReturnType<typeof given>>[0];

async function rename(server: Server, name: string, headers = {}) {
  const { headers: sent } = await server.put('/items/1').set(headers).send({ name }).expect(200);
  return sent;
}

/** Returns the name, how the cache answered, and `Vary`. */
async function read(server: Server, headers: Readonly<Record<string, string>> = {}, path = '/items/1') {
  const { body, headers: sent } = await server.get(path).set(headers).expect(200);
  const { name }: Item = body;
  return { name, how: sent['cache-status'], vary: sent['vary'] };
}

const FROM_MEMORY = expect.stringMatching(/hit; .*detail=l1/);
const FROM_REDIS = expect.stringMatching(/hit; .*detail=l2/);

describe.each(adapters)('on %s', (adapter) => {
  it('a write answers with a token, and a read with it is never older, on any instance', async () => {
    const instances = await given(adapter);
    let token = '';
    for (let count = 0; count < 300; count += 1) {
      const [writer, reader] = count % 2 === 0 ? instances : instances.toReversed();
      if (!writer || !reader) throw new Error('There are two instances');
      token = (await rename(writer, `name ${count}`))['consistency-token'] ?? '';
      expect((await read(reader, { 'consistency-token': token })).name).toBe(`name ${count}`);
    }
    // One record, and no tag.
    expect(token).toHaveLength(11);
  });

  it('a read without it may be older: the channel is frozen', async () => {
    const [one, other] = await given(adapter);
    await rename(one, 'new');
    expect(await read(other)).toMatchObject({ name: 'old', how: FROM_MEMORY });
  });

  it('a service that reads the cache in an uncached route is covered too', async () => {
    const [one, other] = await given(adapter);
    const token = (await rename(one, 'new'))['consistency-token'] ?? '';
    expect((await read(other, {}, '/items/1/service')).name).toBe('old');
    expect((await read(other, { 'consistency-token': token }, '/items/1/service')).name).toBe('new');
  });

  it.each(['no-cache', 'max-age=0', 'max-stale, No-Cache'])(
    'a reload reads from Redis, and does not load: Cache-Control: %s',
    async (directives) => {
      const [one, other] = await given(adapter);
      await rename(one, 'new');
      names.set('1', 'not loaded');
      expect(await read(other, { 'cache-control': directives })).toMatchObject({ name: 'new', how: FROM_REDIS });
    },
  );

  it.each(['max-age=10', 'no-store', 'x-no-cache'])('other directives change nothing: %s', async (directives) => {
    const [, other] = await given(adapter);
    expect((await read(other, { 'cache-control': directives })).how).toEqual(FROM_MEMORY);
  });

  it('a text that is no token makes the read strong', async () => {
    const [one, other] = await given(adapter);
    await rename(one, 'new');
    expect((await read(other, { 'consistency-token': 'made up' })).name).toBe('new');
  });

  it('a write that has a token answers with one for both writes', async () => {
    const [one, other] = await given(adapter);
    const { headers } = await one.put('/items/2').send({ name: 'second' });
    const sent = await rename(other, 'first', { 'consistency-token': headers['consistency-token'] });
    expect(sent['consistency-token']).toHaveLength(22);
  });

  it('a cookie carries the token, and is no credential', async () => {
    const [one, other] = await given(adapter, { consistencyCookie: true });
    const sent = await rename(one, 'new');
    const [cookie = ''] = [sent['set-cookie'] ?? []].flat();
    expect(cookie).toBe(`consistency-token=${sent['consistency-token']}; Max-Age=3601; Path=/; HttpOnly; SameSite=Lax`);
    const [pair = ''] = cookie.split(';');
    expect(await read(other, { cookie: pair })).toMatchObject({ name: 'new', how: FROM_REDIS });
    // Another cookie may identify the requester.
    expect((await read(other, { cookie: `${pair}; session=1` })).how).toMatch(/fwd=bypass/);
  });

  it('no cookie is sent without the option', async () => {
    const [one] = await given(adapter);
    expect(await rename(one, 'new')).not.toHaveProperty('set-cookie');
  });

  it('shared caches keep the answers to different tokens apart', async () => {
    const [one] = await given(adapter);
    expect((await read(one, {}, '/items/published/1')).vary).toBe('consistency-token');
    expect((await read(one)).vary).toBeUndefined();
  });
});
