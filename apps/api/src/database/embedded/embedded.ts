import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect } from 'kysely';
import { join } from 'node:path';
import { checkAnswers } from '../check-answers.js';
import type { Engine } from '../engine.js';
import { lockFolder } from './folder-lock.js';
import { migrate, missingMigrations } from '../migrations/migrate.js';
import type { Schema } from '../schema.js';

/**
 * Opens PostgreSQL inside this process, for a start without a server. `folder` stores the data; `memory` stores nothing on disk.
 *
 * @throws FolderInUse when another process has the folder open: two writers would lose rows.
 */
export async function openEmbedded(folder: string): Promise<Engine> {
  const kept = folder !== 'memory';
  const unlock = kept ? lockFolder(folder) : () => undefined;
  const pglite = await PGlite.create(kept ? join(folder, 'postgres') : 'memory://').catch((error: unknown) => {
    unlock();
    throw error;
  });
  const db = new Kysely<Schema>({ dialect: new PGliteDialect({ pglite }) });
  return {
    name: kept ? 'embedded PostgreSQL' : 'embedded PostgreSQL, in memory',
    run: (statements) => statements(db),
    transaction: (statements) => db.transaction().execute(statements),
    ping: () => checkAnswers(db),
    renewConnections: () => undefined,
    missingMigrations: () => missingMigrations(db),
    migrate: () => migrate(db),
    close: async () => {
      await pglite.close().finally(unlock);
    },
  };
}
