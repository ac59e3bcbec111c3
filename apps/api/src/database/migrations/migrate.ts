import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { migrations } from './index.js';

/**
 * Brings the schema up to date; of several processes at once one does the work. Rejects when it could not. What a newer release has
 * done beyond that is left alone: this one may be running again after it, or still.
 */
export async function migrate<S>(db: Kysely<S>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve({ ...migrations }) } });
  // Kysely would take a migration that it does not know for one that was lost.
  const ours = await migrator.getMigrations();
  if (ours.every(({ executedAt }) => executedAt !== undefined)) return;
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}
