import { membersOf } from '../fields.mjs';

export const addColumn = ({ table }, field) => `
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql\`alter table ${table} add column ${membersOf(field).column}\`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql\`alter table ${table} drop column ${field.name}\`.execute(db);
}
`;
