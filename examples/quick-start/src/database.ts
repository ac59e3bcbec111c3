import { Injectable } from '@nestjs/common';

export interface User {
  readonly id: string;
  readonly name: string;
}

const rows = new Map([['7', 'Ada']]);
export const queries = { count: 0 };

/** A map in place of a database, shared by all instances. */
@Injectable()
export class Database {
  async find(id: string): Promise<User | undefined> {
    queries.count += 1;
    const name = rows.get(id);
    return name === undefined ? undefined : { id, name };
  }

  async rename(id: string, name: string): Promise<User> {
    rows.set(id, name);
    return { id, name };
  }

  async list(limit: number): Promise<User[]> {
    return [...rows].slice(0, limit).map(([id, name]) => ({ id, name }));
  }
}
