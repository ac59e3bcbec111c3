import type { CacheDefinition } from '@nuthatch/cache';
import type { Kysely } from 'kysely';

/** What pages take for granted: their blocks import it from './users.js'. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly version: number;
}

export declare const userById: CacheDefinition<string, User>;
export declare const userIdByName: CacheDefinition<string, string>;
export declare const usersTag: string;

export declare class Database extends Kysely<{ users: User }> {}
export declare class UserNotFound extends Error {}

export declare class UsersRepository {
  name: string;
}

export declare class UsersService {
  find(id: string): Promise<User | undefined>;
  rename(id: string, name: string): Promise<User>;
}

export declare const UsersModule: new () => object;
