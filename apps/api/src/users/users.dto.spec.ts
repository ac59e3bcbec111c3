import { describe, expect, it } from 'vitest';
import { emailKey, userChange, userId } from './users.dto.js';

describe('keys', () => {
  it('become canonical, and stay as they are when they are', () => {
    const id = '01890a5d-ac96-774b-bcce-b302099a8057';
    for (const written of [id.toUpperCase(), id]) expect(userId.parse(written)).toBe(id);
    for (const written of ['Ada@Example.ORG', 'ada@example.org'])
      expect(emailKey.parse(written)).toBe('ada@example.org');
  });

  it('are addresses by whatever rules somebody got them', () => {
    expect(emailKey.parse('JÖRG@Büro')).toBe('jÖrg@büro');
  });
});

describe('a change (RFC 7396)', () => {
  it('leaves out what is absent', () => {
    expect(userChange.parse({})).toEqual({});
    expect(userChange.parse({ name: ' Ada ' })).toEqual({ name: 'Ada' });
  });

  it.each([null, [], 'x', { name: null }, { version: 2 }, { id: 'x' }])('cannot be %j', (change) => {
    expect(userChange.safeParse(change).success).toBe(false);
  });
});
