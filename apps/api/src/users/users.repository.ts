import { Injectable } from '@nestjs/common';
import { type Selectable, sql } from 'kysely';
import { violates } from '../database/constraint.js';
import { Database } from '../database/database.js';
import type { UsersTable } from '../database/schema.js';
import type { Position } from '../paging/page.js';
import type { User } from './user.js';
import type { UserChange, UserDetails } from './users.dto.js';
import { EmailTaken, UserNotFound, VersionMismatch } from './users.errors.js';

/** The only place that knows the users table. A deleted user stays in it and is seen by nobody. */
@Injectable()
export class UsersRepository {
  constructor(private readonly database: Database) {}

  async findById(id: string): Promise<User | undefined> {
    const row = await this.database.run((db) =>
      db.selectFrom('users').selectAll().where('id', '=', id).where('deleted_at', 'is', null).executeTakeFirst(),
    );
    return row && toUser(row);
  }

  /** At most `count` users from after the position on, oldest first. */
  async findAfter(position: Position | undefined, count: number): Promise<User[]> {
    const rows = await this.database.run((db) => {
      const live = db.selectFrom('users').selectAll().where('deleted_at', 'is', null);
      const rest = position
        ? live.where(({ eb, refTuple, tuple }) =>
            eb(refTuple('created_at', 'id'), '>', tuple(new Date(position.createdAt), position.id)),
          )
        : live;
      return rest.orderBy('created_at').orderBy('id').limit(count).execute();
    });
    return rows.map(toUser);
  }

  /** @throws EmailTaken */
  async create(id: string, details: UserDetails): Promise<User> {
    const row = await this.database
      .run((db) =>
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
   * Changes the user if its version is an accepted one: the statement decides, so that of two writers at once one loses.
   *
   * @throws UserNotFound, VersionMismatch, EmailTaken
   */
  async update(id: string, change: UserChange, accepted: readonly number[] | undefined): Promise<User> {
    const row = await this.database
      .run((db) =>
        db
          .updateTable('users')
          .set((eb) => ({ ...change, version: eb('version', '+', 1), updated_at: sql<Date>`now()` }))
          .where('id', '=', id)
          .where('deleted_at', 'is', null)
          .where(versionIn(accepted))
          .returningAll()
          .executeTakeFirst(),
      )
      .catch(refuseTakenEmail);
    return row ? toUser(row) : this.explainMiss(id);
  }

  /** @throws UserNotFound (also the second time), VersionMismatch */
  async remove(id: string, accepted: readonly number[] | undefined): Promise<void> {
    const row = await this.database.run((db) =>
      db
        .updateTable('users')
        .set((eb) => ({ version: eb('version', '+', 1), deleted_at: sql<Date>`now()` }))
        .where('id', '=', id)
        .where('deleted_at', 'is', null)
        .where(versionIn(accepted))
        .returning('id')
        .executeTakeFirst(),
    );
    if (!row) await this.explainMiss(id);
  }

  private async explainMiss(id: string): Promise<never> {
    const current = await this.findById(id);
    throw current ? new VersionMismatch(current.version) : new UserNotFound(id);
  }
}

function versionIn(accepted: readonly number[] | undefined) {
  return accepted ? sql<boolean>`version = any(${[...accepted]}::integer[])` : sql<boolean>`true`;
}

function refuseTakenEmail(error: unknown): never {
  throw violates(error, 'users_live_email') ? new EmailTaken({ cause: error }) : error;
}

function toUser(row: Selectable<UsersTable>): User {
  const { id, name, email, version } = row;
  return { id, name, email, version, createdAt: row.created_at.toISOString(), updatedAt: row.updated_at.toISOString() };
}
