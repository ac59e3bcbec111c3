import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../../../apps/api/src/database/database.js';
import { uuidV7 } from '../../../apps/api/src/database/uuid-v7.js';
import { databases, type RunningApi, startApi } from '../support/running-api.js';

interface Row {
  readonly id: string;
  readonly email: string;
  readonly created_at: Date;
}

describe.each(databases)('pages of users on $database', ({ environment }) => {
  let api: RunningApi;
  let rows: Row[];

  beforeAll(async () => {
    api = await startApi(await environment());
    rows = Array.from({ length: 45 }, (_, index) => row(index));
    const values = rows.map((each) => ({ ...each, name: 'Ann', updated_at: each.created_at }));
    await api.app.get(Database).write((db) => db.insertInto('users').values(values).execute());
  });
  afterAll(() => api.stop());

  it('return every user once, the oldest first, ordered by id within a millisecond', async () => {
    const expected = rows.toSorted((a, b) => Number(a.created_at) - Number(b.created_at) || (a.id < b.id ? -1 : 1));
    for (const limit of [1, 7, 45, 100]) {
      expect(await walk(limit)).toEqual(expected.map(({ id }) => id));
    }
  });

  it('state whether there is a next page', async () => {
    const first = await api.send('GET', '/users?limit=44');
    expect(first.body.page).toEqual({ limit: 44, nextCursor: expect.stringMatching(/^[\w-]+$/), hasMore: true });
    const last = await api.send('GET', `/users?limit=44&cursor=${first.body.page.nextCursor}`);
    expect(last.body.page).toEqual({ limit: 44, nextCursor: null, hasMore: false });
    expect(last.body.data).toHaveLength(1);
    expect((await api.send('GET', '/users?limit=45')).body.page.hasMore).toBe(false);
  });

  it('contain 20 users by default', async () => {
    const { body } = await api.send('GET', '/users');
    expect(body.data).toHaveLength(20);
    expect(body.page.limit).toBe(20);
  });

  it.each(['0', '101', '-1', '1.5', 'ten', '', '5&limit=6'])('refuse limit=%s', async (limit) => {
    const answer = await api.send('GET', `/users?limit=${limit}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation', errors: [{ pointer: '#/limit' }] } });
  });

  it.each(['x=random', 'limit=5&x=random', '__proto__=1', 'constructor=1'])(
    'refuse the unknown parameter in %s',
    async (query) => {
      const answer = await api.send('GET', `/users?${query}`);
      expect(answer).toMatchObject({ status: 400, body: { code: 'unknown-parameter' } });
    },
  );

  it('list an unknown parameter next to other problems', async () => {
    const answer = await api.send('GET', '/users?limit=0&x=1');
    const errors = [{ pointer: '#/limit' }, { pointer: '#/x', code: 'unknown-parameter' }];
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation', errors } });
  });

  it('refuse a cursor with a character added, removed or changed in its list or order', async () => {
    const { body } = await api.send('GET', '/users?limit=3');
    const cursor: string = body.page.nextCursor;
    // The first 28 characters are the list and the order. The position after them may be forged.
    const changed = Array.from(
      { length: 28 },
      (_, at) => cursor.slice(0, at) + (cursor[at] === 'A' ? 'B' : 'A') + cursor.slice(at + 1),
    );
    const forged = [...changed, `${cursor}A`, `${cursor}=`, `${cursor}.`, cursor.slice(0, -1), 'AAAA', '', '%00'];
    const answers = await Promise.all(forged.map((each) => api.send('GET', `/users?limit=3&cursor=${each}`)));
    for (const answer of answers) {
      expect(answer).toMatchObject({
        status: 400,
        body: { code: 'invalid-cursor', errors: [{ pointer: '#/cursor' }] },
      });
    }
  });

  it('continue after the user of the cursor is deleted', async () => {
    const { body } = await api.send('GET', '/users?limit=2');
    const [, second] = body.data;
    const next = `/users?limit=2&cursor=${body.page.nextCursor}`;
    const before = await api.send('GET', next);
    await api.send('DELETE', `/users/${second.id}`);
    expect((await api.send('GET', next)).body).toEqual(before.body);
  });

  it('return users that the API created once, because a cursor is as precise as the stored time', async () => {
    for (const name of ['Ada', 'Grace', 'Hedy', 'Ida', 'Joan']) {
      await api.send('POST', '/users', { body: { name, email: `${name}@example.org` } });
    }
    const ids = await walk(1);
    expect(ids.length).toBeGreaterThan(5);
    expect(new Set(ids).size).toBe(ids.length);
  });

  async function walk(limit: number): Promise<string[]> {
    const ids: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await api.send('GET', `/users?limit=${limit}${cursor && `&cursor=${cursor}`}`);
      ids.push(...body.data.map(({ id }: Row) => id));
      cursor = body.page.nextCursor;
    }
    return ids;
  }
});

/** Returns a row: fifteen share each of three milliseconds, with random ids. */
function row(index: number): Row {
  const created_at = new Date(Date.UTC(2026, 0, 1, 12, 0, 0, index % 3));
  return { id: uuidV7(created_at.getTime()), email: `user${index}@example.org`, created_at };
}
