import { type Kysely, sql } from 'kysely';

/**
 * Compares addresses by A to Z in lower case. The locale of the database would give each server another result: in Turkish, `I` in
 * lower case is not `i`. And an update of the locale silently breaks an index.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`drop index users_live_email`.execute(db);
  await sql`
    create unique index users_live_email on users (lower(email collate "C")) where deleted_at is null`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index users_live_email`.execute(db);
  await sql`create unique index users_live_email on users (lower(email)) where deleted_at is null`.execute(db);
}
