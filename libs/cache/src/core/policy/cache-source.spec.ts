import { describe, expect, it } from 'vitest';
import { sourceProblems, tagParts } from './cache-source.js';
import { defineCache } from './define-cache.js';

describe(tagParts, () => {
  it.each([
    ['users', [{ text: 'users' }]],
    ['users.{id}', [{ text: 'users.' }, { column: 'id' }]],
    ['{team}/{id}', [{ column: 'team' }, { text: '/' }, { column: 'id' }]],
  ])('splits %s into texts and columns', (template, parts) => {
    expect(tagParts(template)).toEqual(parts);
  });

  it.each(['', 'users.{id', 'users.id}', 'users.{}', 'users.{lower(id)}', 'users.{a.b}', '{{id}}'])(
    'refuses %s',
    (template) => {
      expect(tagParts(template)).toBeUndefined();
    },
  );
});

describe(sourceProblems, () => {
  it('accepts a table with its schema', () => {
    expect(sourceProblems([{ table: 'shop.users', key: 'id', tags: ['users.{id}'] }])).toEqual([]);
  });

  it.each([
    [{ table: '' }, 'from.table ""'],
    [{ table: 'a.b.c' }, 'from.table "a.b.c"'],
    [{ table: 'users; drop table users' }, 'from.table'],
    [{ table: 'users', key: 'lower(email)' }, 'The key schema may change its letter case'],
    [{ table: 'users', key: '' }, 'from.key ""'],
    [{ table: 'users', tags: ['{lower(email)}'] }, 'Expressions are not supported'],
  ])('refuses %j with the fix', (source, problem) => {
    expect(sourceProblems([source]).join()).toContain(problem);
  });

  it('is part of the problems of a policy', () => {
    const define = () => defineCache<number>('n', { ttl: '1s', from: [{ table: 'a b' }, { table: 'c', key: 'd e' }] });
    expect(define).toThrow(/from\.table "a b"[^]*from\.key "d e"/);
  });
});
