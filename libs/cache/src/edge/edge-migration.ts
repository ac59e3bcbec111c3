import { quoted } from '../outbox/migration/identifiers.js';
import type { OutboxMigration } from '../outbox/migration/migration.js';

/** Configures {@link edgeMigration}. */
export interface EdgeMigrationOptions {
  /** The schema of the outbox. @default 'public' */
  readonly schema?: string;
}

/**
 * Returns the migration that creates the table `cache_edge`, beside the outbox. It has one row: which instance purges the CDN, and up to
 * which change the CDN has acknowledged.
 *
 * @example
 * for (const statement of edgeMigration().up) await pool.query(statement);
 */
export function edgeMigration({ schema = 'public' }: EdgeMigrationOptions = {}): OutboxMigration {
  return {
    up: [
      `CREATE TABLE IF NOT EXISTS ${quoted(schema)}.cache_edge (
  namespace text PRIMARY KEY,
  holder text NOT NULL,
  held_until timestamptz NOT NULL,
  position text
)`,
    ],
    down: [`DROP TABLE IF EXISTS ${quoted(schema)}.cache_edge`],
  };
}
