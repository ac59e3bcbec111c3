import { type Kysely, sql } from 'kysely';

/**
 * Ignores more spellings in the order by name and in the search: `İ` and `i`, `ẞ` and `ss`, composed and decomposed letters. The upper
 * case of a lower case is close to full case folding, which PostgreSQL has from version 18 on only.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`drop index users_live_name`.execute(db);
  await sql`
    create index users_live_name on users ((upper(lower(normalize(name) collate "und-x-icu")) collate "C"), id)
    where deleted_at is null`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index users_live_name`.execute(db);
  await sql`
    create index users_live_name on users ((upper(name collate "und-x-icu") collate "C"), id)
    where deleted_at is null`.execute(db);
}
