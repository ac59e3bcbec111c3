import { describe, expect, it } from 'vitest';
import { Cursors } from './cursors.js';

const position = { createdAt: '2026-01-01T00:00:00.001Z', id: '01890a5d-ac96-774b-bcce-b302099a8057' };

describe(Cursors, () => {
  const cursors = new Cursors('secret');
  const cursor = cursors.encode('users', position);

  it('gives back the position, and the same text for the same position', () => {
    expect(cursors.decode('users', cursor)).toEqual(position);
    expect(new Cursors('secret').encode('users', position)).toBe(cursor);
    expect(cursor).toMatch(/^[\w-]+$/);
  });

  it('refuses a cursor of another order', () => {
    expect(() => cursors.decode('users by name', cursor)).toThrow(expect.objectContaining({ code: 'invalid-cursor' }));
  });

  it('refuses a cursor signed with another secret', () => {
    const forged = new Cursors('guess').encode('users', position);
    expect(() => cursors.decode('users', forged)).toThrow(expect.objectContaining({ code: 'invalid-cursor' }));
  });

  it.each(['', 'AAAA', `${cursor}A`, `${cursor}=`, ` ${cursor}`, `${cursor}!`, cursor.slice(1), cursor.slice(0, -1)])(
    'refuses %j',
    (text) => {
      expect(() => cursors.decode('users', text)).toThrow(expect.objectContaining({ code: 'invalid-cursor' }));
    },
  );
});
