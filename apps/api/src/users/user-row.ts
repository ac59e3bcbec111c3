import type { Selectable } from 'kysely';
import type { UsersTable } from '../database/schema.js';
import type { User } from './user.js';

/** A row of the users table as the rest of the application knows it. */
export function toUser({ id, name, email, version, created_at, updated_at }: Selectable<UsersTable>): User {
  return { id, name, email, version, createdAt: created_at.toISOString(), updatedAt: updated_at.toISOString() };
}
