import { membersOf } from '../fields.mjs';

export const migration = ({ table, fields }) => `
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql\`
    create table ${table} (
      id uuid primary key,
${fields.map((field) => `      ${membersOf(field).column},\n`).join('')}      version integer not null default 1,
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      deleted_at timestamptz(3)
    )\`.execute(db);
  await sql\`create index ${table}_live_page on ${table} (created_at, id) where deleted_at is null\`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql\`drop table ${table}\`.execute(db);
}
`;
