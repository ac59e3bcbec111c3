import {
  type DatabaseConnection,
  PostgresAdapter,
  PostgresDialect,
  PostgresDriver,
  type TransactionSettings,
} from 'kysely';
import type { PostgresPool } from 'kysely';
import { type SessionSettings, setForTransaction } from './session-settings.js';

interface PoolerDialectConfig {
  readonly pool: PostgresPool;
  readonly settings: SessionSettings;
  /** Whether the connections of the pool lead to a pooler. */
  readonly pooled: () => boolean;
}

/** PostgreSQL, also behind a pooler that gives each transaction another connection: nothing depends on the session. */
export class PoolerDialect extends PostgresDialect {
  constructor(private readonly config: PoolerDialectConfig) {
    super(config);
  }

  override createDriver(): PostgresDriver {
    return new PoolerDriver(this.config);
  }

  override createAdapter(): PostgresAdapter {
    return new PoolerAdapter();
  }
}

class PoolerDriver extends PostgresDriver {
  constructor(private readonly config: PoolerDialectConfig) {
    super(config);
  }

  override async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    await super.beginTransaction(connection, settings);
    if (this.config.pooled()) await connection.executeQuery(setForTransaction(this.config.settings));
  }
}

class PoolerAdapter extends PostgresAdapter {
  /** Locks nothing: Kysely would lock the session. migrations/migrate.ts locks its transaction. */
  override async acquireMigrationLock(): Promise<void> {}

  override async releaseMigrationLock(): Promise<void> {}
}
