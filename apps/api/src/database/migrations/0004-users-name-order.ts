import { type Kysely, sql } from 'kysely';

/** For lists that are sorted by name, or hold the names that begin with something: the same on every server, whatever its locale. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create index users_live_name on users ((upper(name collate "und-x-icu") collate "C"), id)
    where deleted_at is null`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index users_live_name`.execute(db);
}
