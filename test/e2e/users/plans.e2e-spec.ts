import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../../../apps/api/src/database/database.js';
import { insertUsers } from '../../../apps/api/src/seed/insert-users.js';
import { plansOf } from '../support/plans-of.js';
import { databases, type RunningApi, startApi } from '../support/running-api.js';

describe.each(databases)('the plans of the statements of users on $database', ({ environment }) => {
  let api: RunningApi;
  beforeAll(async () => {
    api = await startApi(await environment());
    await insertUsers(api.app.get(Database), 10_000);
    await api.app.get(Database).write((db) => sql`analyze users`.execute(db));
  });
  afterAll(() => api.stop());

  it.each([
    ['', ['users_live_page']],
    ['sort=-createdAt', ['users_live_page']],
    ['sort=name', ['users_live_name']],
    ['sort=-name', ['users_live_name']],
    ['q=wim', ['users_live_name', 'users_live_email']],
    ['q=%C3%B6z&sort=-createdAt', ['users_live_name', 'users_live_email']],
    ['q=wim&sort=name', ['users_live_name', 'users_live_email']],
  ])('use an index for the first page and for others: %s', async (query, indexes) => {
    let next = '';
    const first = await plansOf(api, async () => {
      const { body } = await api.send('GET', `/users?${query}&limit=3`);
      next = body.page.nextCursor ?? '';
    });
    const second = await plansOf(api, () => api.send('GET', `/users?${query}&limit=3&cursor=${next}`));
    expect([first.length, second.length]).toEqual([1, next === '' ? 0 : 1]);
    for (const plan of [...first, ...second]) {
      expect(plan).not.toContain('Seq Scan');
      for (const index of indexes) expect(plan).toContain(index);
    }
  });

  it('use an index for a lookup', async () => {
    const [plan] = await plansOf(api, () => api.send('GET', '/users/lookup?email=ada@example.org'));
    expect(plan).toContain('users_live_email');
    expect(plan).not.toContain('Seq Scan');
  });
});
