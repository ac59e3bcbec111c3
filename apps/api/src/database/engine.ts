import type { Kysely, Transaction } from 'kysely';
import type { Schema } from './schema.js';

/** The connections of a pool. */
export interface ConnectionCounts {
  readonly used: number;
  readonly idle: number;
  /** Statements that wait for a connection. */
  readonly waiting: number;
  readonly most: number;
  /** Whether they lead to a pooler, which gives each transaction another connection. */
  readonly pooled: boolean;
}

/** The differences between a PostgreSQL server and the embedded one. */
export interface Engine {
  /** The name for logs, without a password and a host. */
  readonly name: string;
  /** Runs statements over one connection: as one transaction where settings last no longer than a transaction. */
  run<T>(statements: (db: Kysely<Schema>) => Promise<T>): Promise<T>;
  /** Runs statements as one transaction. */
  transaction<T>(statements: (trx: Transaction<Schema>) => Promise<T>): Promise<T>;
  /**
   * Returns whether the database refuses writes, over a connection made like those of {@link run}. Rejects when the database is down
   * or when its answers cannot be read. Waiting requests do not delay it.
   */
  ping(): Promise<{ readonly readOnly: boolean }>;
  /** The connections for requests at this moment; absent without a server. */
  readonly connections?: () => ConnectionCounts;
  /** Makes new connections for later statements, because an error of the present ones says that they are outdated. */
  renewConnections(): void;
  /** Returns the names of the migrations of this release that have not run. */
  missingMigrations(): Promise<string[]>;
  /** Runs the missing migrations, without a limit for the time of a statement, and returns their names. */
  migrate(): Promise<string[]>;
  /** Releases everything: connections, files, the lock. */
  close(): Promise<void>;
}
