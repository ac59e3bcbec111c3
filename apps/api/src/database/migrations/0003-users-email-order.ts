import { type Kysely, sql } from 'kysely';

/**
 * Which addresses are the same is decided by A to Z alone. By the locale of the database it would be decided anew on each server:
 * in Turkish, `I` in lower case is no `i`; and an index is silently wrong after an update of its locale.
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
