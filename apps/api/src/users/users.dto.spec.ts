import { describe, expect, it } from 'vitest';
import { email, emailKey, updateUserSchema, userId } from './users.dto.js';

describe('the keys of users', () => {
  it('become canonical and keep their canonical form', () => {
    const id = '01890a5d-ac96-774b-bcce-b302099a8057';
    for (const written of [id.toUpperCase(), id]) expect(userId.parse(written)).toBe(id);
    for (const written of ['Ada@Example.ORG', 'ada@example.org'])
      expect(emailKey.parse(written)).toBe('ada@example.org');
  });

  it('accept an address that the API itself would refuse', () => {
    expect(emailKey.parse('JÖRG@Büro')).toBe('jÖrg@büro');
  });
});

describe('an e-mail address', () => {
  it('has at most 64 characters before the "@" (RFC 5321 §4.5.3.1.1)', () => {
    const of = (length: number) => `${'a'.repeat(length)}@example.org`;
    expect(email.parse(of(64))).toBe(of(64));
    expect(email.safeParse(of(65)).error?.issues).toMatchObject([{ message: expect.stringContaining('64') }]);
  });
});

describe('a merge patch of a user (RFC 7396)', () => {
  it('has no member for an absent member of the request', () => {
    expect(updateUserSchema.parse({})).toEqual({});
    expect(updateUserSchema.parse({ name: ' Ada ' })).toEqual({ name: 'Ada' });
  });

  it.each([null, [], 'x', { name: null }, { version: 2 }, { id: 'x' }])('refuses %j', (change) => {
    expect(updateUserSchema.safeParse(change).success).toBe(false);
  });
});
