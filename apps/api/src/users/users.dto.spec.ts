import { describe, expect, it } from 'vitest';
import { userChange, userId, usersQuery } from './users.dto.js';

describe('keys', () => {
  it('become canonical, and stay as they are when they are', () => {
    const id = '01890a5d-ac96-774b-bcce-b302099a8057';
    expect(userId.parse(id.toUpperCase())).toBe(id);
    expect(userId.parse(id)).toBe(id);
    for (const limit of [20, '20', '020', undefined]) {
      const query = usersQuery.parse({ limit });
      expect(query).toEqual({ limit: 20 });
      expect(usersQuery.parse(query)).toEqual(query);
    }
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
