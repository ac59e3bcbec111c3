import type { Kysely } from 'kysely';
import type { Schema } from './schema.js';

/** The differences between a PostgreSQL server and the embedded one. */
export interface Engine {
  /** The name for logs, without a password and a host. */
  readonly name: string;
  readonly db: Kysely<Schema>;
  /** Resolves when the database answers, with any schema. Rejects when it is down. Waiting requests do not delay it. */
  ping(): Promise<void>;
  /** Migrates over a connection without a limit for the time of a statement. */
  migrate(): Promise<void>;
  /** Releases everything: connections, files, the lock. */
  close(): Promise<void>;
}
