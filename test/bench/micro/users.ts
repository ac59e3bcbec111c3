export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly roles: readonly string[];
}

export const TTL_MS = 3_600_000;

let ids = 0;

/** Returns an id that no call has returned before. */
export function newId(): string {
  ids += 1;
  return `0b6b0ad0-8a3c-4a1b-9c3e-${String(ids).padStart(12, '0')}`;
}

/** Returns as many ids as a read of many keys has. */
export function hundredIds(): readonly string[] {
  return Array.from({ length: 100 }, newId);
}

export function userWith(id: string): User {
  return { id, name: 'Ada Lovelace', email: 'ada@example.org', roles: ['reader', 'writer'] };
}

/** The origin behind the caches. It counts the values that it returns, and answers at once. */
class Origin {
  loads = 0;

  async find(id: string): Promise<User> {
    this.loads += 1;
    return userWith(id);
  }

  async findMany(wanted: readonly string[]): Promise<Map<string, User>> {
    this.loads += wanted.length;
    return new Map(wanted.map((id) => [id, userWith(id)]));
  }

  async change(id: string): Promise<User> {
    return userWith(id);
  }
}

export const origin = new Origin();
