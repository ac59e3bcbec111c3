import { describe, expect, it } from 'vitest';
import { Cursors, isCursor } from './cursors.js';
import { byCreation } from './ordering.js';

const invalid = expect.objectContaining({ code: 'invalid-cursor' });
const id = '01890a5d-ac96-774b-bcce-b302099a8057';
const item = { createdAt: '2026-01-01T00:00:00.001Z', id };
const other = { createdAt: '2026-01-01T00:00:00.002Z', id };

const list = new Cursors('users', byCreation);
const cursor = list.page([item, other], 1).page.nextCursor ?? '';
const encoded = (content: unknown) => Buffer.from(JSON.stringify(content)).toString('base64url');

describe('a cursor', () => {
  it('returns the position of the last item and is the same text for the same position', () => {
    expect(list.after(cursor)).toEqual({ text: item.createdAt, id });
    expect(new Cursors('users', byCreation).page([item, other], 1).page.nextCursor).toBe(cursor);
    expect(cursor).toMatch(/^[\w-]+$/);
  });

  it('is absent for the first page and on the last page', () => {
    expect(list.after(undefined)).toBeUndefined();
    expect(list.page([item], 1)).toEqual({ data: [item], page: { limit: 1, nextCursor: null, hasMore: false } });
  });

  it('may be made by a client for another position of the same list', () => {
    expect(list.after(encoded(['users', 'createdAt', other.createdAt, id]))).toEqual({ text: other.createdAt, id });
  });

  it.each([
    ['list', new Cursors('users:ada', byCreation)],
    ['order', new Cursors('users', { ...byCreation, name: '-createdAt' })],
  ])('is invalid in another %s', (_what, another) => {
    expect(() => another.after(cursor)).toThrow(invalid);
  });

  it.each(['', 'AAAA', `${cursor}A`, `${cursor}=`, ` ${cursor}`, `${cursor}!`, cursor.slice(1), cursor.slice(0, -1)])(
    'has one canonical text, which %j is not',
    (text) => {
      expect(isCursor(text)).toBe(false);
      expect(() => list.after(text)).toThrow(invalid);
    },
  );

  it.each([
    ['an empty list', []],
    ['null', null],
    ['a fifth member', ['users', 'createdAt', item.createdAt, id, 1]],
    ['an id that is no UUID', ['users', 'createdAt', item.createdAt, '42']],
    ['more than 4,000 characters', ['users', 'createdAt', '0'.repeat(3_000), id]],
  ])('never contains %s', (_what, content) => {
    expect(isCursor(encoded(content))).toBe(false);
    expect(() => list.after(encoded(content))).toThrow(invalid);
  });

  it.each([
    ['a word', 'tomorrow'],
    ['a year that PostgreSQL refuses', '0000-01-01T00:00:00.000Z'],
    ['a second with more digits than PostgreSQL reads', `2026-01-01T00:00:00.${'0'.repeat(1_000)}Z`],
  ])('is invalid in an order by time when its sort key is %s', (_what, text) => {
    const forged = encoded(['users', 'createdAt', text, id]);
    expect(isCursor(forged)).toBe(true);
    expect(() => list.after(forged)).toThrow(invalid);
  });
});
