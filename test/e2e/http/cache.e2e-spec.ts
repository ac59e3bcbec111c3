import { Cache as CacheManager } from '@nestjs/cache-manager';
import { CacheRegistry } from '@nuthatch/cache';
import { afterEach, describe, expect, it } from 'vitest';
import { userById } from '../../../apps/api/src/users/users.cache.js';
import { eventually } from '../../support/eventually.js';
import { userTag } from '../support/entity-tags.js';
import { cacheEnvironment, newDatabase, type RunningApi, startListening } from '../support/running-api.js';

/** What is promised of a message; `npm run test:consistency` measures how fast they are. */
const MESSAGE_MS = 1_000;

const ann = { name: 'Ann', email: 'ann@example.com' };

const running: RunningApi[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((api) => api.stop()));
});

async function start(environment: Readonly<Record<string, string>>): Promise<RunningApi> {
  const api = await startListening(environment);
  running.push(api);
  return api;
}

async function get(api: RunningApi, path: string) {
  const { status, headers, text, body } = await api.send('GET', path);
  return { status, text, body, xCache: headers.get('x-cache'), cacheStatus: headers.get('cache-status'), headers };
}

describe('the cache of the users API', () => {
  async function givenUser(cache: Readonly<Record<string, string>> = cacheEnvironment()) {
    const api = await start({ ...(await newDatabase()), ...cache });
    const created = await api.send('POST', '/users', { body: ann });
    return { api, created, path: `/users/${created.body.id}` };
  }

  it('answers an item from the origin, then from L1, with the same bytes and ETag', async () => {
    const { api, created, path } = await givenUser();
    await forget(api, created.body.id);
    const miss = await get(api, path);
    const hit = await get(api, path);
    expect(miss).toMatchObject({ status: 200, xCache: 'MISS', text: created.text });
    expect(miss.cacheStatus).toMatch(/^nuthatch; fwd=uri-miss; fwd-status=200; stored; ttl=(2[7-9]|3[0-3])$/);
    expect(hit).toMatchObject({ status: 200, xCache: 'HIT', text: miss.text });
    expect(hit.cacheStatus).toMatch(/^nuthatch; hit; ttl=(2[7-9]|3[0-3]); detail=l1$/);
    expect(hit.headers.get('etag')).toBe(userTag(1));
  });

  it('answers what was just written without asking the origin', async () => {
    const { api, created, path } = await givenUser();
    expect(await get(api, path)).toMatchObject({ xCache: 'HIT', text: created.text });
    const patched = await api.send('PATCH', path, { body: { name: 'Anna' } });
    expect(await get(api, path)).toMatchObject({ xCache: 'HIT', text: patched.text, body: { version: 2 } });
  });

  it('answers a list from the origin, then from L1, under one key however it is asked for', async () => {
    const { api } = await givenUser();
    const miss = await get(api, '/users?limit=5');
    const hit = await get(api, '/users?limit=05');
    expect([miss.xCache, hit.xCache, hit.text]).toEqual(['MISS', 'HIT', miss.text]);
    // The push of the write that made the user may still be on its way: what is read meanwhile stays out of L1.
    await eventually(async () => expect((await get(api, '/users?limit=05')).cacheStatus).toMatch(/detail=l1$/));
  });

  it('drops the lists that an item is in when it is written', async () => {
    const { api, path } = await givenUser();
    await get(api, '/users');
    await api.send('PATCH', path, { body: { name: 'Anna' } });
    expect(await get(api, '/users')).toMatchObject({ xCache: 'MISS', body: { data: [{ name: 'Anna' }] } });
    await api.send('DELETE', path);
    expect(await get(api, path)).toMatchObject({ status: 404 });
    expect(await get(api, '/users')).toMatchObject({ xCache: 'MISS', body: { data: [] } });
  });

  it('remembers that a user is absent, until one is made', async () => {
    const { api, path } = await givenUser();
    await api.send('DELETE', path);
    const [first, second] = [await get(api, path), await get(api, path)];
    expect([first.status, second.status, second.body.code]).toEqual([404, 404, 'user-not-found']);
    expect(second.cacheStatus).toMatch(/^nuthatch; hit; ttl=[45]; detail=negative$/);
    expect(second.headers.get('cache-control')).toBe('no-store');
  });

  it('does not answer 200 from the cache for what the pipes refuse', async () => {
    const { api } = await givenUser();
    await get(api, '/users');
    expect(await get(api, '/users?x=random')).toMatchObject({ status: 400, body: { code: 'unknown-parameter' } });
    expect(await get(api, '/users/not-a-uuid')).toMatchObject({ status: 400, body: { code: 'validation' } });
  });

  it('nestjs-redisx/nestjs-redisx CHANGELOG 1.10.0 (#14, #15) · works in one process without Redis', async () => {
    const { api, path } = await givenUser({});
    await get(api, path);
    expect((await get(api, path)).cacheStatus).toMatch(/detail=l1$/);
    await get(api, '/users');
    expect((await get(api, '/users')).cacheStatus).toMatch(/detail=l1$/);
    await api.send('PATCH', path, { body: { name: 'Anna' } });
    expect((await get(api, path)).body).toMatchObject({ name: 'Anna' });
    expect((await get(api, '/users')).body.data).toMatchObject([{ name: 'Anna' }]);
  });
});

/** As if Redis had evicted it, and this process too. */
async function forget(api: RunningApi, id: string): Promise<void> {
  const cache = api.app.get(CacheRegistry).find(userById);
  await cache.delete(id);
}

describe('two instances on one Redis', () => {
  async function givenTwo() {
    const environment = { ...(await newDatabase()), ...cacheEnvironment() };
    const [a, b] = [await start(environment), await start(environment)];
    const { body: user } = await a.send('POST', '/users', { body: ann });
    return { a, b, path: `/users/${user.id}` };
  }

  it('share entries through L2', async () => {
    const { a, b, path } = await givenTwo();
    await get(a, path);
    const conditional = await b.send('GET', path, { headers: { 'if-none-match': userTag(1) } });
    expect(conditional).toMatchObject({ status: 304, text: '' });
    expect(conditional.headers.get('cache-status')).toMatch(/^nuthatch; hit; ttl=(2[7-9]|3[0-3]); detail=l2$/);
    // The relay of the outbox drops the entry once more, up to 200 ms after the write.
    await eventually(async () => expect((await get(b, path)).cacheStatus).toMatch(/detail=l1$/));
    const etag = (await get(a, '/users')).headers.get('etag') ?? '';
    const list = await b.send('GET', '/users', { headers: { 'if-none-match': etag } });
    expect([list.status, list.headers.get('etag')]).toEqual([304, etag]);
    expect(list.headers.get('cache-status')).toMatch(/detail=l2$/);
  });

  it.each(['PATCH', 'DELETE'])(
    'answer nothing older than the way of a message after %s through the other',
    async (method) => {
      const { a, b, path } = await givenTwo();
      for (const api of [a, b]) {
        await get(api, path);
        await get(api, '/users');
      }
      await a.send(method, path, method === 'PATCH' ? { body: { name: 'Anna' } } : {});
      await eventually(async () => expect((await get(b, path)).text).not.toContain('"Ann"'), { within: MESSAGE_MS });
      const list = await get(b, '/users');
      const names = list.body.data.map(({ name }: { name: string }) => name);
      expect(names).toEqual(method === 'PATCH' ? ['Anna'] : []);
    },
  );

  it('share what CACHE_MANAGER stores', async () => {
    const { a, b } = await givenTwo();
    await a.app.get(CacheManager).set('greeting', 'hello', 60_000);
    expect(await b.app.get(CacheManager).get('greeting')).toBe('hello');
  });
});
