import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { migrations } from './index.js';

/**
 * Runs the missing migrations, or rejects. Of several concurrent processes, one migrates. Migrations of a newer release stay, because
 * this release may run next to it or after it.
 */
export async function migrate<S>(db: Kysely<S>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve({ ...migrations }) } });
  // Kysely treats an executed migration that it does not know as a lost one, and fails.
  const ours = await migrator.getMigrations();
  if (ours.every(({ executedAt }) => executedAt !== undefined)) return;
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}
