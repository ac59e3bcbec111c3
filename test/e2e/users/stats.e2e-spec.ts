import { CacheRegistry } from '@nuthatch/cache';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Database } from '../../../apps/api/src/database/database.js';
import { usersStats } from '../../../apps/api/src/users/users.cache.js';
import { uuidV7 } from '../../../apps/api/src/database/uuid-v7.js';
import { UsersListRepository } from '../../../apps/api/src/users/users-list.repository.js';
import { databases, newDatabase, type RunningApi, startApi } from '../support/running-api.js';

describe.each(databases)('the statistics of users on $database', ({ environment }) => {
  let api: RunningApi;
  beforeAll(async () => {
    api = await startApi(await environment());
  });
  afterAll(() => api.stop());

  const insert = async (...emails: string[]): Promise<void> => {
    const values = emails.map((email) => ({ id: uuidV7(), name: 'Ann', email }));
    await api.app.get(Database).write((db) => db.insertInto('users').values(values).execute());
  };
  const get = (headers: Record<string, string> = {}) => api.send('GET', '/users/stats', { headers });
  const forget = () => api.app.get(CacheRegistry).find(usersStats).clear();

  it('count live users by the domain of their address, the largest first, in any letter case', async () => {
    expect((await get()).body).toEqual({ data: [], total: 0 });
    await insert('a@b.org', 'b@B.ORG', 'c@a-c.org', 'd@ab.org', 'e@z.org', 'f@z.org', 'g@z.org');
    const { body: gone } = await api.send('POST', '/users', { body: { name: 'Gone', email: 'h@a-c.org' } });
    await api.send('DELETE', `/users/${gone.id}`);
    await forget();
    const { status, body } = await get();
    expect(status).toBe(200);
    expect(body).toEqual({
      data: [
        { domain: 'z.org', users: 3 },
        { domain: 'b.org', users: 2 },
        { domain: 'a-c.org', users: 1 },
        { domain: 'ab.org', users: 1 },
      ],
      total: 7,
    });
  });

  it('list at most 100 domains and count the others in the total', async () => {
    await insert(...Array.from({ length: 120 }, (_, index) => `a@d${index}.example`));
    await forget();
    const { body } = await get();
    expect([body.data.length, body.total]).toEqual([100, 127]);
  });

  it('stay cached after a write until they expire', async () => {
    const before = await get();
    await api.send('POST', '/users', { body: { name: 'New', email: 'new@example.org' } });
    const after = await get();
    expect(after.text).toBe(before.text);
    expect(after.headers.get('cache-status')).toMatch(/^nuthatch; hit; ttl=(2\d|3[0-3]); detail=l1$/);
    const { policy } = await api.app.get(CacheRegistry).find(usersStats).explain({});
    expect(policy).toMatchObject({ freshMs: 30_000, swrMs: 630_000, expiryMs: 3_630_000 });
  });

  it('are counted once for concurrent requests with and without credentials', async () => {
    await forget();
    const counted = vi.spyOn(api.app.get(UsersListRepository), 'countByDomain');
    await Promise.all([get(), get(), get({ authorization: 'Bearer a' }), get({ cookie: 'a=b' })]);
    expect(counted).toHaveBeenCalledTimes(1);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
    'refuse %s, because their path is not the path of a user',
    async (method) => {
      const answer = await api.send(method, '/users/stats');
      expect(answer).toMatchObject({ status: 405, body: { code: 'method-not-allowed' } });
      expect(answer.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
    },
  );

  it('answer HEAD and OPTIONS', async () => {
    expect(await api.send('HEAD', '/users/stats')).toMatchObject({ status: 200, text: '' });
    const options = await api.send('OPTIONS', '/users/stats');
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS']);
  });

  it('refuse every parameter, also on a hit', async () => {
    await get();
    for (const query of ['x=1', 'limit=5', '__proto__=1']) {
      expect(await api.send('GET', `/users/stats?${query}`)).toMatchObject({
        status: 400,
        body: { code: 'unknown-parameter' },
      });
    }
  });
});

it('the statistics of users have the same order in every locale of the database', async () => {
  const api = await startApi(await newDatabase());
  try {
    await api.app.get(Database).write(async (db) => {
      // In this collation the hyphen is ignored, and a-c.org comes after ab.org.
      await sql`create collation dictionary (provider = icu, locale = 'en-u-ka-shifted')`.execute(db);
      await sql`alter table users alter column email type text collate dictionary`.execute(db);
      const values = ['a@ab.org', 'a@a-c.org'].map((email) => ({ id: uuidV7(), name: 'Ann', email }));
      await db.insertInto('users').values(values).execute();
    });
    const { body } = await api.send('GET', '/users/stats');
    expect(body.data.map(({ domain }: { domain: string }) => domain)).toEqual(['a-c.org', 'ab.org']);
  } finally {
    await api.stop();
  }
});
