import { SwaggerModule } from '@nestjs/swagger';
import { RedisConnection } from '@nuthatch/redis';
import { expect, it, onTestFinished } from 'vitest';
import { startRedis } from '../../support/redis-server.js';
import { newDatabase, startListening } from '../support/running-api.js';

const secret = 'reader-secret-0123456789';
const headers = { authorization: `Bearer ${secret}` };

/** The queries of the routes that require one. */
const QUERIES: Readonly<Record<string, readonly string[]>> = {
  '/admin/cache/explain': ['?url=/users', '?cache=users.byId&key=01941f29-b054-7577-8b9d-a674943f19e7'],
  '/admin/cache/entry': ['?cache=users.byId&key=01941f29-b054-7577-8b9d-a674943f19e7'],
};

it('no read of the admin API and no figure of the page lists the keys of Redis', async () => {
  const server = await startRedis();
  onTestFinished(() => server.stop());
  const [redis, subscriber] = [await connected(server.url), await connected(server.url)];
  const api = await startListening({
    ...(await newDatabase()),
    REDIS_URL: server.url,
    ADMIN_TOKENS: `ops:read+values:${secret}`,
    DASHBOARD: 'readonly',
  });
  onTestFinished(() => api.stop());
  await api.send('GET', '/users');

  await redis.run((client) => client.configResetStat());
  const frame = { openapi: '3.1.1', info: { title: '', version: '' } };
  const paths = Object.entries(SwaggerModule.createDocument(api.app, frame).paths)
    .filter(([path, { get }]) => path.startsWith('/admin/') && get)
    .flatMap(([path]) => (QUERIES[path] ?? ['']).map((query) => path + query));
  const statuses = await Promise.all(
    paths.map(async (path) => [path, (await api.send('GET', path, { headers })).status]),
  );
  expect(statuses).toEqual(paths.map((path) => [path, 200]));
  expect(paths).toEqual(expect.arrayContaining(['/admin/cache/stats', '/admin/cache/explain?url=/users']));
  await firstFigures(`${api.url}/dashboard/live`);
  const published = Promise.withResolvers<string>();
  await subscriber.subscribe('nuthatch:fleet', published.resolve);
  await published.promise;

  const stats = await redis.run((client) => client.info('commandstats'));
  expect(stats).toMatch(/cmdstat_info/);
  expect(stats).not.toMatch(/cmdstat_(scan|keys)/);
});

async function connected(url: string): Promise<RedisConnection> {
  const redis = new RedisConnection({ topology: { mode: 'single', url }, operationTimeoutMs: 5_000 });
  onTestFinished(() => redis.close());
  redis.open();
  await redis.firstAttempt;
  return redis;
}

/** Reads the events of the page until one has the figures of an instance. */
async function firstFigures(url: string): Promise<void> {
  const ended = new AbortController();
  const { body } = await fetch(url, { headers, signal: ended.signal });
  let text = '';
  for await (const chunk of body ?? []) {
    text += Buffer.from(chunk).toString();
    if (text.includes('"host"')) break;
  }
  ended.abort();
  expect(text).toContain('"host"');
}
