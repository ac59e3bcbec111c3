import { describe, expect, it } from 'vitest';
import { pageQuery } from '../paging/page-query.js';
import { userLookupQuery, usersBatchQuery, usersPageQuery } from './users.queries.js';

const id = '01890a5d-ac96-774b-bcce-b302099a8057';
const cursor = Buffer.from(JSON.stringify(['users:', 'createdAt', 'x', id])).toString('base64url');

const pathsOf = (result: { readonly error?: { readonly issues: readonly { readonly path: unknown[] }[] } }) =>
  result.error?.issues.map(({ path }) => path);

describe('the query of a page', () => {
  it('becomes canonical and keeps its canonical form', () => {
    for (const limit of [20, '20', '020', undefined]) {
      const query = pageQuery.parse({ limit });
      expect(query).toEqual({ limit: 20 });
      expect(pageQuery.parse(query)).toEqual(query);
    }
  });

  it.each(['0x10', '1e1', ' 10 ', '+10', '10.0', '', ['10']])('refuses %j as a limit', (limit) => {
    expect(pageQuery.safeParse({ limit }).success).toBe(false);
  });

  it('accepts only texts with the form of a cursor, so that no other text becomes a key', () => {
    expect(pageQuery.parse({ cursor })).toEqual({ limit: 20, cursor });
    for (const text of ['x', 'x'.repeat(100), `${cursor}=`, '\0'.repeat(100), 'x'.repeat(10_000)]) {
      expect(pageQuery.safeParse({ cursor: text }).success).toBe(false);
    }
  });
});

describe('the query of a page of users', () => {
  it.each([
    [{}, { limit: 20, sort: 'createdAt' }],
    [
      { q: ' Ada ', sort: '-name', cursor, limit: '5' },
      { limit: 5, cursor, sort: '-name', q: 'Ada' },
    ],
  ])('reads %j as %j', (query, read) => {
    expect(usersPageQuery.parse(query)).toEqual(read);
  });

  it.each([
    [null, []],
    [{ sort: 'email' }, ['sort']],
    [{ sort: ['name', 'name'] }, ['sort']],
    [{ q: ' ' }, ['q']],
    [{ q: 'a'.repeat(101) }, ['q']],
    [{ q: 'a\0' }, ['q']],
    [{ q: ['a', 'b'] }, ['q']],
    [{ ids: id }, []],
    [JSON.parse('{"__proto__":{"ids":"x"}}'), []],
  ])('refuses %j and names the member', (query, path) => {
    expect(pathsOf(usersPageQuery.safeParse(query))).toEqual([path]);
  });
});

describe('the query of a batch of users', () => {
  it('reads ids in lower case', () => {
    expect(usersBatchQuery.parse({ ids: `${id.toUpperCase()},${id}` })).toEqual({ ids: [id, id] });
  });

  it.each([
    [{}, ['ids']],
    [{ ids: 7 }, ['ids']],
    [{ ids: `${id},` }, ['ids', 1]],
    [{ ids: id, limit: '1' }, []],
  ])('refuses %j and names the member', (query, path) => {
    expect(pathsOf(usersBatchQuery.safeParse(query))).toEqual([path]);
  });
});

describe('the query of a lookup of a user', () => {
  it('reads the address as it is written, without spaces around it', () => {
    expect(userLookupQuery.parse({ email: ' Ada@Example.org ' })).toEqual({ email: 'Ada@Example.org' });
  });

  it.each([
    [{}, ['email']],
    [{ email: 'ada' }, ['email']],
    [{ email: ['ada@example.org'] }, ['email']],
    [{ email: 'ada@example.org', limit: '1' }, []],
  ])('refuses %j and names the member', (query, path) => {
    expect(pathsOf(userLookupQuery.safeParse(query))).toEqual([path]);
  });
});
