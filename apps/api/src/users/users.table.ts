import { type Expression, type RawBuilder, type Selectable, sql } from 'kysely';
import type { UsersTable } from '../database/schema.js';
import type { User } from './user.js';

/** Converts a row to a user as the rest of the application uses it. */
export function toUser({ id, name, email, version, created_at, updated_at }: Selectable<UsersTable>): User {
  return { id, name, email, version, createdAt: created_at.toISOString(), updatedAt: updated_at.toISOString() };
}

/**
 * The keys that users are sorted and searched by. They repeat the expressions of the indexes word for word, and depend on no
 * locale of the database: otherwise PostgreSQL would not use an index, or would sort differently on another server.
 */
export const byEmail = { ofRow: emailKey(sql.ref('email')), of: (text: string) => emailKey(sql.val(text)) };
export const byName = { ofRow: nameKey(sql.ref('name')), of: (text: string) => nameKey(sql.val(text)) };

function emailKey(text: Expression<unknown>): RawBuilder<string> {
  return sql`lower(${text} collate "C")`;
}

/** Returns the name in upper case, where each letter has one form: the small sigma has two, and ß becomes SS everywhere. */
function nameKey(text: Expression<unknown>): RawBuilder<string> {
  return sql`(upper(${text} collate "und-x-icu") collate "C")`;
}
