/** The value that all contenders serve. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export const TTL_MS = 3_600_000;

export function userWith(id: string): User {
  return {
    id,
    name: 'Ada Lovelace',
    email: 'ada@example.org',
    version: 1,
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
  };
}

/** Returns the ids of the first `count` users. */
export function userIds(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `0b6b0ad0-8a3c-4a1b-9c3e-${String(index).padStart(12, '0')}`);
}

/** The user of the contenders that serve a constant. */
export const USER = userWith(userIds(1)[0] ?? '');
