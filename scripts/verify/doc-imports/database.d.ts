/** The database of the quick start: examples/quick-start/src/database.ts. */
export interface User {
  readonly id: string;
  readonly name: string;
}

export declare class Database {
  find(id: string): Promise<User | undefined>;
  rename(id: string, name: string): Promise<User>;
  list(limit: number): Promise<User[]>;
}
