import { describe, expect, it } from 'vitest';
import { readSql } from './read-sql.js';

const reads = (sql: string, ...parameters: unknown[]) => readSql(sql, parameters).reads;
const change = (sql: string, ...parameters: unknown[]) => readSql(sql, parameters).changes;
const all = (table: string) => ({ table, conditions: [] });
const where = (table: string, column: string, ...values: unknown[]) => ({ table, conditions: [{ column, values }] });

describe(readSql, () => {
  it.each([
    ['select * from users', [], [all('users')]],
    ['select * from app.users as u where u.id = $1', ['7'], [where('users', 'id', '7')]],
    ['select * from users where $1 = id', ['7'], [where('users', 'id', '7')]],
    ['select * from users where id in ($1, $2)', ['7', '8'], [where('users', 'id', '7', '8')]],
    ['select * from users where id = any($1::uuid[])', [['7', '8']], [where('users', 'id', '7', '8')]],
    ['select * from users where lower(email collate "C") = lower($1)', ['A@x'], [where('users', 'email', 'A@x')]],
    ["select * from users where kind = 'b' and age > 3", [], [where('users', 'kind', 'b')]],
    ['select * from users where n = 0', [], [where('users', 'n', 0)]],
    ['select * from users where id = $1 or name = $2', ['7', 'Ada'], [all('users')]],
    ['select * from users where abs(id) = $1', [7], [all('users')]],
    ['select * from users where id = $1 + 1', [7], [all('users')]],
    ['select * from users where id = other', [], [all('users')]],
    ['select * from users where users.* = $1', ['7'], [all('users')]],
    ['select 1', [], []],
  ])('reads %s', (sql, parameters, expected) => {
    expect(readSql(sql, parameters)).toEqual({ parameters, reads: expected, changes: [] });
  });

  it('gives a condition to its table only, and one without a table to neither', () => {
    const joined = 'select * from users u join orders o on o.user_id = u.id where u.id = $1 and amount = 3';
    expect(reads(joined, '7')).toEqual([where('users', 'id', '7'), all('orders')]);
  });

  it('keeps the conditions of each part apart', () => {
    const nested = 'select * from users where id = $1 and exists (select from orders where id = $2)';
    expect(reads(nested, '7', '8')).toEqual([where('orders', 'id', '8'), where('users', 'id', '7')]);
    expect(reads('select id from a where id = $1 union select id from b', '7')).toEqual([
      where('a', 'id', '7'),
      all('b'),
    ]);
  });

  it('counts a CTE as no table, unless it reads a table of its own name', () => {
    expect(reads('with found as (select * from users where id = $1) select * from found', '7')).toEqual([
      where('users', 'id', '7'),
    ]);
    expect(reads('with users as (select * from users) select * from users')).toEqual([all('users')]);
    expect(reads('with recursive t as (select 1 union select * from t) select * from t')).toEqual([]);
  });

  it('finds a change within a select', () => {
    const { changes, reads: others } = readSql(
      'with gone as (delete from orders where id = $1 returning *) select * from gone join users on true',
      ['7'],
    );
    expect(changes).toMatchObject([{ ...where('orders', 'id', '7'), kind: 'delete', whole: false, returns: true }]);
    expect(others).toEqual([all('users')]);
  });

  it('knows what an insert and an update assign', () => {
    expect(
      change('insert into users (id, name, at) values ($1, $2, now()), ($3, $4, now())', 1, 'a', 2, 'b'),
    ).toMatchObject([
      {
        table: 'users',
        kind: 'insert',
        whole: true,
        returns: false,
        assigned: [
          { id: 1, name: 'a' },
          { id: 2, name: 'b' },
        ],
      },
    ]);
    expect(change('update users set name = $1, version = version + 1 where id = $2 returning *', 'a', 7)).toMatchObject(
      [{ ...where('users', 'id', 7), kind: 'update', whole: true, returns: true, assigned: [{ name: 'a' }] }],
    );
  });

  it.each([
    ['insert into users select * from old', 'users', ['old']],
    ['update users set name = (select name from names) from old', 'users', ['old', 'names']],
    ['delete from users using old', 'users', ['old']],
    ['merge into users using old on true when matched then delete', 'users', ['old']],
    ['truncate users', 'users', []],
    ['copy users from stdin', 'users', []],
  ])('finds the changed table and the read ones in %s', (sql, table, others) => {
    expect(change(sql)).toMatchObject([{ table, conditions: [] }]);
    expect(
      reads(sql)
        .map((read) => read.table)
        .toSorted(),
    ).toEqual([...others].toSorted());
  });

  it('throws for a text that PostgreSQL does not parse', () => {
    expect(() => readSql('selec 1', [])).toThrow(/syntax error/);
  });
});
