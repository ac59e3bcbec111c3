import { describe, expect, it } from 'vitest';
import { defineCache } from '../../core/policy/define-cache.js';
import type { CacheSource } from '../../core/policy/cache-source.js';
import { literal, quoted, quotedTable } from './identifiers.js';
import { outboxMigration } from './migration.js';
import { tableSources } from './table-sources.js';

const cache = (name: string, ...from: CacheSource[]) => defineCache<object>(name, { ttl: '1m', from });

describe(tableSources, () => {
  it('merges the sources of a table, in an order that does not depend on the order of the caches', () => {
    const a = cache('a', { table: 't', key: 'id' }, { table: 't', key: 'other' });
    const b = cache('b', { table: 't', tags: ['all', 'one.{id}'] });
    const c = cache('c', { table: 't' }, { table: 't', key: 'id' });
    const merged = {
      table: 't',
      keys: [{ cache: 'a', columns: ['id', 'other'] }],
      rowTags: [[{ text: 'one.' }, { column: 'id' }]],
      tags: ['all'],
      wholeCaches: ['c'],
      allCaches: ['a', 'b', 'c'],
    };
    expect(tableSources([a, b, c])).toEqual([merged]);
    expect(tableSources([c, b, a])).toEqual([merged]);
  });

  it('names no cache as a whole for a tag without a column, which is exact for any number of rows', () => {
    expect(tableSources([cache('a', { table: 't', tags: ['all'] })])).toMatchObject([{ allCaches: [], tags: ['all'] }]);
  });
});

describe(outboxMigration, () => {
  it('has one function and four triggers per table, and a reverse that drops all of them', () => {
    const { up, down } = outboxMigration([
      cache('a', { table: 'shop.users', key: 'id' }, { table: 'orders', tags: ['o'] }),
    ]);
    const created = up.flatMap(
      (statement) => /^CREATE OR REPLACE (?:FUNCTION|TRIGGER) (\S+)/.exec(statement)?.[1] ?? [],
    );
    const dropped = down.flatMap(
      (statement) => /^DROP (?:FUNCTION|TRIGGER) IF EXISTS (\S+)/.exec(statement)?.[1] ?? [],
    );
    expect(created).toHaveLength(10);
    expect(created.toSorted()).toEqual(dropped.toSorted());
    expect(up.join()).toContain('AFTER UPDATE ON "shop"."users"');
  });

  it('is created in the chosen schema', () => {
    const { up } = outboxMigration([cache('a', { table: 't', key: 'id' })], { schema: 'my "app"' });
    expect(up[0]).toContain('CREATE TABLE IF NOT EXISTS "my ""app""".cache_outbox');
    expect(up.join()).not.toContain('"public"');
  });

  it.each([
    ['no cache has a table', [defineCache<object>('a', { ttl: '1m' })], 'Add `from'],
    ['a name is too long', [cache('a', { table: 'x'.repeat(60), key: 'id' })], 'too long'],
    [
      'two tables have one name',
      [cache('a', { table: 'a_b', key: 'id' }, { table: 'a.b', key: 'id' })],
      'Rename a table',
    ],
  ])('is refused when %s', (_, caches, message) => {
    expect(() => outboxMigration(caches)).toThrow(message);
  });
});

describe('names in SQL', () => {
  it('are quoted', () => {
    expect(quoted('a"b')).toBe('"a""b"');
    expect(quotedTable('a.b')).toBe('"a"."b"');
    expect(literal("it's")).toBe("'it''s'");
    expect(literal('a\\b')).toBe("E'a\\\\b'");
  });
});
