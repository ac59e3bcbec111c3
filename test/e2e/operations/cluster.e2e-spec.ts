import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { type ClusterGroup, startClusterGroup } from '../../support/redis/cluster-group.js';
import { newDatabase, type RunningApi, startApi } from '../support/running-api.js';

const secret = 'operator-secret-0123456789';

let group: ClusterGroup;
const apis: RunningApi[] = [];

beforeAll(async () => {
  group = await startClusterGroup();
  const shared = {
    ...(await newDatabase()),
    REDIS_CLUSTER_NODES: group.addresses.map(({ host, port }) => `${host}:${port}`).join(),
    ADMIN_TOKENS: `ops:read:${secret}`,
    DASHBOARD: 'readonly',
  };
  for (let started = 0; started < 2; started += 1) apis.push(await startApi(shared));
});

afterAll(async () => {
  await Promise.all(apis.map((api) => api.stop()));
  await group.stop();
});

function instances(): readonly [RunningApi, RunningApi] {
  const [one, other] = apis;
  if (!one || !other) throw new Error('The instances have not started.');
  return [one, other];
}

it('instances on a cluster share entries, and follow a write of the other at once', async () => {
  const [one, other] = instances();
  const created = await one.send('POST', '/users', { body: { name: 'Ada King', email: 'ada@example.org' } });
  const path = created.headers.get('location') ?? '';
  await eventually(async () => expect((await one.send('GET', path)).headers.get('cache-status')).toContain('hit'));
  expect((await other.send('GET', path)).headers.get('cache-status')).toContain('detail=l2');
  await one.send('PATCH', path, { body: { name: 'Ada Lovelace' }, headers: { 'if-match': '*' } });
  await eventually(async () => expect((await other.send('GET', path)).body).toMatchObject({ name: 'Ada Lovelace' }), {
    within: 1_000,
  });
});

it('an instance on a cluster reports its masters, its metrics and advice', async () => {
  const [one] = instances();
  const masters = (await group.masters()).map(({ port }) => ({
    master: `127.0.0.1:${port}`,
    connected: true,
    verified: true,
  }));
  const { body: health } = await one.send('GET', '/health');
  expect(health).toMatchObject({ status: 'ok', details: { redis: { mode: 'cluster', connected: true } } });
  expect(health.details.redis.masters).toHaveLength(masters.length);
  expect(health.details.redis.masters).toEqual(expect.arrayContaining(masters));
  expect((await one.send('GET', '/metrics')).text).toMatch(/^redis_up 1$/m);
  const headers = { authorization: `Bearer ${secret}` };
  const { status, body: advice } = await one.send('GET', '/admin/cache/doctor', { headers });
  expect([status, JSON.stringify(advice)]).toEqual([200, expect.not.stringContaining('"problem"')]);
});

it('the page of an instance on a cluster has the figures of both instances', async () => {
  const [one] = instances();
  const ended = new AbortController();
  const { body } = await fetch(`${one.url}/dashboard/live`, {
    headers: { authorization: `Bearer ${secret}` },
    signal: ended.signal,
  });
  let last: unknown;
  for await (const chunk of body ?? []) {
    const [, data = '{}'] = /^data: (.*)$/m.exec(Buffer.from(chunk).toString()) ?? [];
    last = JSON.parse(data);
    if (JSON.stringify(last).split('"host"').length > 2) break;
  }
  ended.abort();
  expect(last).toMatchObject({ instances: [{}, {}] });
});
