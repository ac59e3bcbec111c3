import type { Kysely } from 'kysely';
import type { Schema } from './schema.js';

/** PostgreSQL, real or embedded: all that differs between the two. */
export interface Engine {
  /** How to call it in a log: no password, no host. */
  readonly name: string;
  readonly db: Kysely<Schema>;
  /** Resolves when it answers, with whatever schema; rejects when it is away. Requests that wait for a connection do not delay it. */
  ping(): Promise<void>;
  /** Runs with a connection on which a long statement is not cut off. */
  migrate(): Promise<void>;
  /** Releases everything: connections, files, the lock. */
  close(): Promise<void>;
}
