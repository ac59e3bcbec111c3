import { Cache as CacheManager } from '@nestjs/cache-manager';
import { REDIS_CONNECTION, type RedisConnection } from '@nuthatch/redis';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { createDatabase } from '../support/postgres-server.js';
import { databases, type RunningApi, startApi } from './running-api.js';

const ann = { name: 'Ann', email: 'ann@example.com' };

const running: RunningApi[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((api) => api.stop()));
});

let namespaces = 0;
/** Tests share one Redis, each in a namespace of its own. */
function cacheEnvironment() {
  namespaces += 1;
  return { REDIS_URL: inject('redisUrl'), CACHE_NAMESPACE: `e2e-${process.pid}-${namespaces}` };
}

async function start(environment: Readonly<Record<string, string>>): Promise<RunningApi> {
  const api = await startApi(environment);
  running.push(api);
  const redis = api.app.get<RedisConnection | null>(REDIS_CONNECTION);
  await eventually(() => expect(redis?.state.connected).not.toBe(false));
  return api;
}

async function get(api: RunningApi, path: string) {
  const { status, headers, text, body } = await api.send('GET', path);
  return { status, text, body, xCache: headers.get('x-cache'), cacheStatus: headers.get('cache-status'), headers };
}

describe.each(databases)('the cache of the users API over $database', ({ environment }) => {
  it('answers an item from the origin, then from L1, with the same bytes and ETag', async () => {
    const api = await start({ ...(await environment()), ...cacheEnvironment() });
    const created = await api.send('POST', '/users', { body: ann });
    const path = `/users/${created.body.id}`;
    const miss = await get(api, path);
    const hit = await get(api, path);
    expect(miss).toMatchObject({ status: 200, xCache: 'MISS', text: created.text });
    expect(miss.cacheStatus).toBe('nuthatch; fwd=uri-miss; fwd-status=200; stored; ttl=30');
    expect(hit).toMatchObject({ status: 200, xCache: 'HIT', text: miss.text });
    expect(hit.cacheStatus).toMatch(/^nuthatch; hit; ttl=(29|30); detail=l1$/);
    expect(hit.headers.get('etag')).toBe('"1-1"');
  });

  it('answers a list from the origin, then from L2: a list is never held in the process', async () => {
    const api = await start({ ...(await environment()), ...cacheEnvironment() });
    await api.send('POST', '/users', { body: ann });
    const miss = await get(api, '/users?limit=5');
    const hit = await get(api, '/users?limit=05');
    expect([miss.xCache, hit.xCache, hit.text]).toEqual(['MISS', 'HIT', miss.text]);
    expect(hit.cacheStatus).toMatch(/detail=l2$/);
  });

  it('reads its own writes: an item and the lists it is in are gone after PATCH and after DELETE', async () => {
    const api = await start({ ...(await environment()), ...cacheEnvironment() });
    const { body: user } = await api.send('POST', '/users', { body: ann });
    const path = `/users/${user.id}`;
    await get(api, path);
    await get(api, '/users');

    await api.send('PATCH', path, { body: { name: 'Anna' } });
    expect(await get(api, path)).toMatchObject({ xCache: 'MISS', body: { name: 'Anna', version: 2 } });
    expect(await get(api, '/users')).toMatchObject({ xCache: 'MISS', body: { data: [{ name: 'Anna' }] } });

    await api.send('DELETE', path);
    expect(await get(api, path)).toMatchObject({ status: 404, xCache: null });
    expect(await get(api, '/users')).toMatchObject({ body: { data: [] } });
  });

  it('does not answer 200 from the cache for what the pipes refuse', async () => {
    const api = await start({ ...(await environment()), ...cacheEnvironment() });
    await get(api, '/users');
    expect(await get(api, '/users?x=random')).toMatchObject({ status: 400, body: { code: 'unknown-parameter' } });
    expect(await get(api, '/users/not-a-uuid')).toMatchObject({ status: 400, body: { code: 'validation' } });
  });

  it('works in one process without Redis', async () => {
    const api = await start(await environment());
    const { body: user } = await api.send('POST', '/users', { body: ann });
    await get(api, `/users/${user.id}`);
    expect((await get(api, `/users/${user.id}`)).cacheStatus).toMatch(/hit; ttl=(29|30); detail=l1$/);
    await get(api, '/users');
    expect((await get(api, '/users')).cacheStatus).toMatch(/hit; ttl=(9|10); detail=l1$/);
    await api.send('PATCH', `/users/${user.id}`, { body: { name: 'Anna' } });
    expect((await get(api, `/users/${user.id}`)).body).toMatchObject({ name: 'Anna' });
    expect((await get(api, '/users')).body.data).toMatchObject([{ name: 'Anna' }]);
  });
});

describe('two instances on one Redis', () => {
  async function givenTwo() {
    const environment = { DATABASE_URL: await createDatabase(inject('postgresUrl')), ...cacheEnvironment() };
    const [a, b] = [await start(environment), await start(environment)];
    const { body: user } = await a.send('POST', '/users', { body: ann });
    return { a, b, path: `/users/${user.id}` };
  }

  it('share entries through L2', async () => {
    const { a, b, path } = await givenTwo();
    await get(a, path);
    expect((await get(b, path)).cacheStatus).toMatch(/^nuthatch; hit; ttl=(29|30); detail=l2$/);
    expect((await get(b, path)).cacheStatus).toMatch(/detail=l1$/);
    await get(a, '/users');
    expect((await get(b, '/users')).cacheStatus).toMatch(/detail=l2$/);
  });

  it.each(['PATCH', 'DELETE'])(
    'drop a list at once, and an item within one second, after %s through the other',
    async (method) => {
      const { a, b, path } = await givenTwo();
      for (const api of [a, b]) {
        await get(api, path);
        await get(api, '/users');
      }
      const acknowledgedAt = await change(a, method, path);
      const list = await get(b, '/users');
      expect(list.xCache).toBe('MISS');
      expect(list.body.data.map(({ name }: { name: string }) => name)).toEqual(method === 'PATCH' ? ['Anna'] : []);
      await eventually(async () => expect((await get(b, path)).text).not.toContain('"Ann"'), { within: 1_500 });
      // One second in the memory of the other process, and what it takes to ask.
      expect(performance.now() - acknowledgedAt).toBeLessThan(1_300);
    },
  );

  it('share what CACHE_MANAGER stores', async () => {
    const { a, b } = await givenTwo();
    await a.app.get(CacheManager).set('greeting', 'hello', 60_000);
    expect(await b.app.get(CacheManager).get('greeting')).toBe('hello');
  });

  async function change(api: RunningApi, method: string, path: string): Promise<number> {
    await api.send(method, path, method === 'PATCH' ? { body: { name: 'Anna' } } : {});
    return performance.now();
  }
});
