import { CacheRegistry } from '@nuthatch/cache';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { UsersRepository } from '../../../apps/api/src/users/users.repository.js';
import { uuidV7 } from '../../../apps/api/src/database/uuid-v7.js';
import { eventually } from '../../support/eventually.js';
import { createDatabase } from '../../support/postgres-server.js';
import { lockUsers } from '../support/lock-users.js';
import { cacheEnvironment, databases, type RunningApi, startApi, startListening } from '../support/running-api.js';

/** The upper bound for the delivery of a message. `npm run test:consistency` measures the real times. */
const MESSAGE_MS = 1_000;

let people = 0;

async function createUser(api: RunningApi): Promise<string> {
  people += 1;
  const { body } = await api.send('POST', '/users', { body: { name: 'Ann', email: `ids${people}@example.org` } });
  return body.id;
}

const getMany = (api: RunningApi, ids: readonly string[]) => api.send('GET', `/users/batch?ids=${ids.join(',')}`);
const idsOf = (users: readonly { readonly id: string }[]) => users.map(({ id }) => id);

describe.each(databases)('GET /users/batch on $database', ({ environment }) => {
  let api: RunningApi;
  let ids: string[];
  beforeAll(async () => {
    api = await startApi(await environment());
    ids = [await createUser(api), await createUser(api), await createUser(api)];
  });
  afterAll(() => api.stop());

  it('returns the users and the missing ids, both in the order of the request', async () => {
    const [a, b, c] = ids as [string, string, string];
    const [x, y] = [uuidV7(), uuidV7()];
    const { status, headers, body } = await getMany(api, [c, y, a, x, b]);
    expect([status, idsOf(body.data), body.missing, Object.keys(body)]).toEqual([
      200,
      [c, a, b],
      [y, x],
      ['data', 'missing'],
    ]);
    expect(body.data[0]).toEqual((await api.send('GET', `/users/${c}`)).body);
    expect(headers.get('cache-control')).toBe('private, no-cache');
  });

  it('returns each user once, at its first id, in any letter case of the id', async () => {
    const [a, b] = ids as [string, string];
    const x = uuidV7();
    const { body } = await getMany(api, [b, x, a.toUpperCase(), b, a, x.toUpperCase()]);
    expect([idsOf(body.data), body.missing]).toEqual([[b, a], [x]]);
  });

  it('accepts at most 100 ids and counts repeated ids', async () => {
    const [a] = ids as [string];
    const most = Array.from({ length: 100 }, () => a);
    expect(idsOf((await getMany(api, most)).body.data)).toEqual([a]);
    expect(await getMany(api, [...most, a])).toMatchObject({
      status: 400,
      body: { code: 'too-many-ids', errors: [{ pointer: '#/ids', code: 'too-many-ids' }] },
    });
  });

  it('points at each invalid id', async () => {
    const [a] = ids as [string];
    const answer = await getMany(api, ['42', a, '', `${a}%00`, ` ${a}`]);
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation' } });
    expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '#/ids/0',
      '#/ids/2',
      '#/ids/3',
      '#/ids/4',
    ]);
  });

  it.each([
    ['no parameter', '', 'validation', ['#/ids']],
    ['no id', 'ids=', 'validation', ['#/ids/0']],
    ['ids given twice', 'ids=a&ids=b', 'validation', ['#/ids']],
    ['ids in brackets', 'ids[]=a', 'validation', ['#/ids', '#/ids%5B%5D']],
    ['nothing but commas', `ids=${','.repeat(3)}`, 'validation', ['#/ids/0', '#/ids/1', '#/ids/2', '#/ids/3']],
  ])('refuses %s', async (_what, query, code, pointers) => {
    const answer = await api.send('GET', `/users/batch?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { code } });
    expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(pointers);
  });

  it.each(['limit=5', 'cursor=x', 'sort=name', 'email=ann@example.org', 'x=1'])(
    'refuses %s beside ids',
    async (other) => {
      const [name = ''] = other.split('=');
      for (const query of [`ids=${ids[0]}&${other}`, `${other}&ids=${ids[0]}`]) {
        const answer = await api.send('GET', `/users/batch?${query}`);
        expect(answer).toMatchObject({
          status: 400,
          body: { code: 'unknown-parameter', errors: [{ pointer: `#/${name}` }] },
        });
      }
    },
  );

  it('answers 10 kB of valid or invalid ids with a 400 of limited size', async () => {
    const good = await getMany(
      api,
      Array.from({ length: 270 }, () => uuidV7()),
    );
    expect(good).toMatchObject({ status: 400, body: { code: 'too-many-ids' } });
    const bad = await api.send('GET', `/users/batch?ids=${'x,'.repeat(5_000)}`);
    expect(bad).toMatchObject({ status: 400, body: { code: 'validation' } });
    expect(bad.body.errors).toHaveLength(101);
    expect(bad.text.length).toBeLessThan(10_000);
  });

  it('answers HEAD without a body', async () => {
    expect(await api.send('HEAD', `/users/batch?ids=${ids[0]}`)).toMatchObject({ status: 200, text: '' });
  });

  it('lists a deleted user as missing at once', async () => {
    const id = await createUser(api);
    expect((await getMany(api, [id])).body.missing).toEqual([]);
    await api.send('DELETE', `/users/${id}`);
    expect((await getMany(api, [id])).body).toEqual({ data: [], missing: [id] });
  });
});

describe('the entries behind GET /users/batch', () => {
  let api: RunningApi;
  let other: RunningApi;
  let databaseUrl: string;
  beforeAll(async () => {
    databaseUrl = await createDatabase(inject('postgresUrl'));
    const environment = { DATABASE_URL: databaseUrl, ...cacheEnvironment() };
    api = await startListening(environment);
    other = await startListening(environment);
  });
  afterAll(() => Promise.all([api.stop(), other.stop()]));

  const spyOnQueries = (of = api) => vi.spyOn(of.app.get(UsersRepository), 'findByIds').mockClear();

  it('are the entries of GET /users/{id}: a read by one route is a hit for the other', async () => {
    const unread = [uuidV7(), uuidV7(), uuidV7()] as const;
    const created = await createUser(api);
    const queried = spyOnQueries();
    const queriedAlone = vi.spyOn(api.app.get(UsersRepository), 'findById').mockClear();
    await api.send('GET', `/users/${unread[0]}`);
    await getMany(api, [created, ...unread]);
    // The create left the first user in the cache, and the single read left the first missing id.
    expect(queriedAlone.mock.calls).toEqual([[unread[0]]]);
    expect(queried.mock.calls).toEqual([[[unread[1], unread[2]]]]);
    await api.send('GET', `/users/${unread[2]}`);
    await getMany(api, [unread[2], unread[1], unread[0], created]);
    expect([queriedAlone, queried].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
  });

  it('are shared with another instance, which runs one query for its misses', async () => {
    const ids = [await createUser(api), await createUser(api), uuidV7(), uuidV7()];
    const queried = spyOnQueries(other);
    await getMany(other, ids);
    expect(queried.mock.calls).toEqual([[ids.slice(2)]]);
  });

  it('share the load of a user with a concurrent GET /users/{id}', async () => {
    const [id, unread] = [uuidV7(), uuidV7()];
    const queried = spyOnQueries();
    const lock = await lockUsers(databaseUrl, 'nothing');
    const collapsed = () => api.app.get(CacheRegistry).counters()['users.byId']?.collapsed ?? 0;
    const before = collapsed();
    const many = getMany(api, [id, unread]);
    await eventually(() => expect(queried).toHaveBeenCalledTimes(1));
    const one = api.send('GET', `/users/${id}`);
    await eventually(() => expect(collapsed()).toBe(before + 1));
    await lock.release();
    expect([(await many).body.missing, (await one).status]).toEqual([[id, unread], 404]);
    expect(queried.mock.calls).toEqual([[[id, unread]]]);
  });

  it('show an update at once, and on another instance after its invalidation message', async () => {
    const ids = [await createUser(api), await createUser(api)];
    const names = async (of: RunningApi) =>
      (await getMany(of, ids)).body.data.map((user: { name: string }) => user.name);
    expect([await names(api), await names(other)]).toEqual([
      ['Ann', 'Ann'],
      ['Ann', 'Ann'],
    ]);
    await api.send('PATCH', `/users/${ids[1]}`, { body: { name: 'Anna' } });
    expect(await names(api)).toEqual(['Ann', 'Anna']);
    await eventually(async () => expect(await names(other)).toEqual(['Ann', 'Anna']), { within: MESSAGE_MS });
  });
});
