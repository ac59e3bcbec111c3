import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Cursors } from './cursors.js';
import { byCreation } from './ordering.js';

const invalid = expect.objectContaining({ code: 'invalid-cursor' });
const id = '01890a5d-ac96-774b-bcce-b302099a8057';
const item = { createdAt: '2026-01-01T00:00:00.001Z', id };
const other = { createdAt: '2026-01-01T00:00:00.002Z', id };

const list = new Cursors('secret').of('users', byCreation);
const cursor = list.page([item, other], 1).page.nextCursor ?? '';

describe('the cursor of a list', () => {
  it('gives back the position of the last item, and is the same text for the same position', () => {
    expect(list.after(cursor)).toEqual({ text: item.createdAt, id });
    expect(new Cursors('secret').of('users', byCreation).page([item, other], 1).page.nextCursor).toBe(cursor);
    expect(cursor).toMatch(/^[\w-]+$/);
  });

  it('is none on the first page, and on the last', () => {
    expect(list.after(undefined)).toBeUndefined();
    expect(list.page([item], 1)).toEqual({ data: [item], page: { limit: 1, nextCursor: null, hasMore: false } });
  });

  it.each([
    ['list', new Cursors('secret').of('users named Ada', byCreation)],
    ['order', new Cursors('secret').of('users', { ...byCreation, name: '-createdAt' })],
    ['secret', new Cursors('guess').of('users', byCreation)],
  ])('means nothing in another %s', (_what, another) => {
    expect(() => another.after(cursor)).toThrow(invalid);
  });

  it.each(['', 'AAAA', `${cursor}A`, `${cursor}=`, ` ${cursor}`, `${cursor}!`, cursor.slice(1), cursor.slice(0, -1)])(
    'is not %j',
    (text) => {
      expect(() => list.after(text)).toThrow(invalid);
    },
  );

  const forged = (payload: string) => {
    const signed = createHmac('sha256', 'secret').update(`["users","createdAt"]${payload}`).digest().subarray(0, 16);
    return Buffer.concat([signed, Buffer.from(payload)]).toString('base64url');
  };

  it('is forged by whoever knows the secret', () => {
    expect(list.after(forged(JSON.stringify([item.createdAt, id])))).toEqual({ text: item.createdAt, id });
  });

  it.each([
    ['a list of nothing', '[]'],
    ['null', 'null'],
    ['nothing', ''],
    ['what is no JSON', 'x'],
    ['a time that is none', JSON.stringify(['tomorrow', id])],
    ['an id that is none', JSON.stringify([item.createdAt, '42'])],
    ['a third member', JSON.stringify([item.createdAt, id, 1])],
    ['a year that PostgreSQL does not know', JSON.stringify(['0000-01-01T00:00:00.000Z', id])],
    ['a second in more parts than it can read', JSON.stringify([`2026-01-01T00:00:00.${'0'.repeat(3_000)}Z`, id])],
  ])('is not %s, by whoever knows the secret', (_what, payload) => {
    expect(() => list.after(forged(payload))).toThrow(invalid);
  });
});
