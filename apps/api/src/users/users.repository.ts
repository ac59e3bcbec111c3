import { Injectable } from '@nestjs/common';
import { type Selectable, sql } from 'kysely';
import { violates } from '../database/sql-state.js';
import { Database } from '../database/database.js';
import type { UsersTable } from '../database/schema.js';
import { VersionMismatch } from '../optimistic-locking/version.errors.js';
import { type User, userEtags } from './user.js';
import type { UpdateUser, CreateUser } from './users.dto.js';
import { EmailChanged, EmailTaken, UserNotFound } from './users.errors.js';
import { byEmail } from './users.sort-keys.js';

/** The state that a write requires of its user. An absent member matches any state. */
export interface Expected {
  readonly versions?: readonly number[] | undefined;
  readonly email?: string;
}

/** The statements about single users. A deleted user stays in the table, and every statement skips it. */
@Injectable()
export class UsersRepository {
  constructor(private readonly database: Database) {}

  async findById(id: string): Promise<User | undefined> {
    const row = await this.database.read((db) =>
      db.selectFrom('users').selectAll().where('id', '=', id).where('deleted_at', 'is', null).executeTakeFirst(),
    );
    return row && toUser(row);
  }

  /** Returns the users with these ids, by id. An id without a user is not in the map. */
  async findByIds(ids: readonly string[]): Promise<Map<string, User>> {
    const rows = await this.database.read((db) =>
      db.selectFrom('users').selectAll().where('id', 'in', ids).where('deleted_at', 'is', null).execute(),
    );
    return new Map(rows.map((row) => [row.id, toUser(row)]));
  }

  /** Returns the user in one of these versions, or in any version when it is `undefined`. @throws UserNotFound, VersionMismatch */
  async findVersion(id: string, versions?: readonly number[]): Promise<User> {
    const user = await this.findById(id);
    return user && (versions?.includes(user.version) ?? true) ? user : this.explainMiss(id, { versions });
  }

  /** Returns the user with this address, in any letter case. */
  async findByEmail(email: string): Promise<User | undefined> {
    const row = await this.database.read((db) =>
      db
        .selectFrom('users')
        .selectAll()
        .where(byEmail.ofRow, '=', byEmail.of(email))
        .where('deleted_at', 'is', null)
        .executeTakeFirst(),
    );
    return row && toUser(row);
  }

  /** @throws EmailTaken */
  async create(id: string, details: CreateUser): Promise<User> {
    const row = await this.database
      .write((db) =>
        db
          .insertInto('users')
          .values({ id, ...details })
          .returningAll()
          .executeTakeFirstOrThrow(),
      )
      .catch(refuseTakenEmail);
    return toUser(row);
  }

  /**
   * Changes the user if it is in the expected state. The statement itself checks that: of two concurrent writers, one fails.
   *
   * @throws UserNotFound, EmailChanged, VersionMismatch, EmailTaken
   */
  async update(id: string, change: UpdateUser, expected: Expected): Promise<User> {
    const row = await this.database
      .write((db) =>
        db
          .updateTable('users')
          .set((eb) => ({ ...change, version: eb('version', '+', 1), updated_at: sql<Date>`now()` }))
          .where('id', '=', id)
          .where('deleted_at', 'is', null)
          .where(isAs(expected))
          .returningAll()
          .executeTakeFirst(),
      )
      .catch(refuseTakenEmail);
    return row ? toUser(row) : this.explainMiss(id, expected);
  }

  /** Marks the user as deleted. @throws UserNotFound (also the second time), EmailChanged, VersionMismatch */
  async remove(id: string, expected: Expected): Promise<void> {
    const row = await this.database.write((db) =>
      db
        .updateTable('users')
        .set((eb) => ({ version: eb('version', '+', 1), deleted_at: sql<Date>`now()` }))
        .where('id', '=', id)
        .where('deleted_at', 'is', null)
        .where(isAs(expected))
        .returning('id')
        .executeTakeFirst(),
    );
    if (!row) await this.explainMiss(id, expected);
  }

  private async explainMiss(id: string, { versions, email }: Expected): Promise<never> {
    const current = await this.findById(id);
    if (!current) throw new UserNotFound(id);
    // Without expected versions only the address can have differed, even if the old address is back by now.
    const moved = email !== undefined && (versions === undefined || email !== current.email);
    throw moved ? new EmailChanged() : new VersionMismatch('user', userEtags.of(current.version));
  }
}

function isAs({ versions, email }: Expected) {
  const version = versions ? sql`version = any(${[...versions]}::integer[])` : sql`true`;
  return email === undefined ? sql<boolean>`${version}` : sql<boolean>`${version} and email = ${email}`;
}

function refuseTakenEmail(error: unknown): never {
  throw violates(error, 'users_live_email') ? new EmailTaken({ cause: error }) : error;
}

/** Converts a row to a user as the rest of the application uses it. */
export function toUser({ id, name, email, version, created_at, updated_at }: Selectable<UsersTable>): User {
  return { id, name, email, version, createdAt: created_at.toISOString(), updatedAt: updated_at.toISOString() };
}
