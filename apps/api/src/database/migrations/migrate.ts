import { type Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { migrations } from './index.js';

/** The number of the lock in releases that left it to Kysely, so that they and this one wait for each other. */
const lock = 3_853_314_791_062_309_107n;

/**
 * Returns the names of the migrations that have not run. Migrations of a newer release may have run: this release works next to it or
 * after it.
 */
export async function missingMigrations<S>(db: Kysely<S>): Promise<string[]> {
  const ours = await migratorOf(db).getMigrations();
  return ours.filter(({ executedAt }) => executedAt === undefined).map(({ name }) => name);
}

/**
 * Runs the missing migrations as one transaction and returns their names. Of several concurrent processes, one migrates.
 *
 * Kysely's own lock belongs to the session. Behind a pooler, the unlock could reach another one, so postgres/pooler-dialect.ts omits it.
 */
export async function migrate<S>(db: Kysely<S>): Promise<string[]> {
  // A stricter level would not see the migrations of the process that had the lock before.
  const transaction = db.transaction().setIsolationLevel('read committed');
  return transaction.execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(${sql.lit(lock)})`.execute(trx);
    // Kysely treats an executed migration that it does not know as a lost one, and fails.
    if ((await missingMigrations(trx)).length === 0) return [];
    const { error, results = [] } = await migratorOf(trx).migrateToLatest();
    if (error !== undefined) throw error;
    return results.map(({ migrationName }) => migrationName);
  });
}

function migratorOf<S>(db: Kysely<S>): Migrator {
  return new Migrator({ db, provider: { getMigrations: () => Promise.resolve({ ...migrations }) } });
}
