import { describe, expect, it } from 'vitest';
import { pageQuery } from '../paging/page-query.js';
import { usersPageQuery, usersQuery } from './users.queries.js';

describe('the query of a page', () => {
  it('becomes canonical, and stays as it is when it is', () => {
    for (const limit of [20, '20', '020', undefined]) {
      const query = pageQuery.parse({ limit });
      expect(query).toEqual({ limit: 20 });
      expect(pageQuery.parse(query)).toEqual(query);
    }
  });

  it.each(['0x10', '1e1', ' 10 ', '+10', '10.0', '', ['10']])('has no limit of %j', (limit) => {
    expect(pageQuery.safeParse({ limit }).success).toBe(false);
  });

  it('takes for a cursor what looks like one, so that nothing else is a key of the cache', () => {
    for (const length of [79, 4_000]) expect(pageQuery.safeParse({ cursor: 'x'.repeat(length) }).success).toBe(true);
    for (const text of ['x', 'x'.repeat(78), 'x'.repeat(4_001), `${'x'.repeat(100)}=`, '\0'.repeat(100)]) {
      expect(pageQuery.safeParse({ cursor: text }).success).toBe(false);
    }
  });

  it.each([{ ids: 'a' }, { email: 'ada@example.org' }])('is not that of another list: %j', (query) => {
    expect(usersPageQuery.safeParse(query).success).toBe(false);
  });
});

describe('the query of users', () => {
  const id = '01890a5d-ac96-774b-bcce-b302099a8057';
  const cursor = 'x'.repeat(100);

  it.each([
    [{}, { limit: 20, sort: 'createdAt' }],
    [
      { q: ' Ada ', sort: '-name', cursor, limit: '5' },
      { limit: 5, cursor, sort: '-name', q: 'Ada' },
    ],
    [{ email: ' Ada@Example.org ' }, { email: 'Ada@Example.org', limit: 20 }],
    [{ ids: `${id.toUpperCase()},${id}` }, { ids: [id, id] }],
  ])('%j asks for %j', async (query, asked) => {
    expect(await usersQuery['~standard'].validate(query)).toEqual({ value: asked });
  });

  it.each([
    [null, []],
    ['ids', []],
    [{ sort: 'email' }, ['sort']],
    [{ sort: ['name', 'name'] }, ['sort']],
    [{ q: ' ' }, ['q']],
    [{ q: 'a'.repeat(101) }, ['q']],
    [{ q: 'a\0' }, ['q']],
    [{ q: ['a', 'b'] }, ['q']],
    [{ ids: 7 }, ['ids']],
    [{ ids: `${id},` }, ['ids', 1]],
    [{ email: 'nobody', ids: id }, []],
    [{ email: ['ada@example.org'] }, ['email']],
    [JSON.parse('{"__proto__":{"ids":"x"}}'), []],
  ])('%j is none', async (query, path) => {
    const { issues } = await usersQuery['~standard'].validate(query);
    expect(issues?.map((issue) => issue.path ?? [])).toEqual([path]);
  });
});
