import { type Kysely, sql } from 'kysely';

/** Adds the index for the order by name and for the search by the beginning of a name, the same in every locale. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create index users_live_name on users ((upper(name collate "und-x-icu") collate "C"), id)
    where deleted_at is null`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index users_live_name`.execute(db);
}
