import { membersOf } from '../fields.mjs';

export const repository = ({ One, one, Many, plural, singular, table, word, words, fields }) => `
import { Injectable } from '@nestjs/common';
import { type Selectable, sql, type UpdateObject } from 'kysely';
import { Database } from '../database/database.js';
import type { Schema, ${Many}Table } from '../database/schema.js';
import type { Position } from '../paging/page-schema.js';
import { VersionMismatch } from '../optimistic-locking/version.errors.js';
import { type ${One}, ${one}Etags } from './${singular}.js';
import type { Create${One}, Update${One} } from './${plural}.dto.js';
import { ${One}NotFound } from './${plural}.errors.js';

/** The statements. A deleted ${word} stays in the table, and every statement skips it. */
@Injectable()
export class ${Many}Repository {
  constructor(private readonly database: Database) {}

  async findById(id: string): Promise<${One} | undefined> {
    const row = await this.database.read((db) =>
      db.selectFrom('${table}').selectAll().where('id', '=', id).where('deleted_at', 'is', null).executeTakeFirst(),
    );
    return row && to${One}(row);
  }

  /** Returns the ${word} in one of these versions, or in any version when it is \`undefined\`. @throws ${One}NotFound, VersionMismatch */
  async findVersion(id: string, versions?: readonly number[]): Promise<${One}> {
    const found = await this.findById(id);
    return found && (versions?.includes(found.version) ?? true) ? found : this.explainMiss(id);
  }

  /** Returns at most \`count\` ${words} that come after the position, the oldest first. */
  async findAfter(position: Position | undefined, count: number): Promise<${One}[]> {
    const rows = await this.database.read((db) => {
      const live = db.selectFrom('${table}').selectAll().where('deleted_at', 'is', null);
      const rest = position
        ? live.where(({ eb, refTuple, tuple }) =>
            eb(refTuple('created_at', 'id'), '>', tuple(new Date(position.text), position.id)),
          )
        : live;
      return rest.orderBy('created_at').orderBy('id').limit(count).execute();
    });
    return rows.map(to${One});
  }

  async create(id: string, details: Create${One}): Promise<${One}> {
    const row = await this.database.write((db) =>
      db.insertInto('${table}').values({ id, ...details }).returningAll().executeTakeFirstOrThrow(),
    );
    return to${One}(row);
  }

  /** @throws ${One}NotFound, VersionMismatch */
  update(id: string, change: Update${One}, versions?: readonly number[]): Promise<${One}> {
    return this.write(id, change, versions);
  }

  /** Marks the ${word} as deleted. @throws ${One}NotFound (also the second time), VersionMismatch */
  async remove(id: string, versions?: readonly number[]): Promise<void> {
    await this.write(id, { deleted_at: sql<Date>\`now()\` }, versions);
  }

  /** Changes a row. The statement itself checks the version: of two concurrent writers, one fails. */
  private async write(id: string, set: UpdateObject<Schema, '${table}'>, versions?: readonly number[]): Promise<${One}> {
    const row = await this.database.write((db) =>
      db
        .updateTable('${table}')
        .set((eb) => ({ ...set, version: eb('version', '+', 1), updated_at: sql<Date>\`now()\` }))
        .where('id', '=', id)
        .where('deleted_at', 'is', null)
        .where(versions ? sql<boolean>\`version = any(\${[...versions]}::integer[])\` : sql<boolean>\`true\`)
        .returningAll()
        .executeTakeFirst(),
    );
    return row ? to${One}(row) : this.explainMiss(id);
  }

  private async explainMiss(id: string): Promise<never> {
    const current = await this.findById(id);
    throw current ? new VersionMismatch('${word}', ${one}Etags.of(current.version)) : new ${One}NotFound(id);
  }
}

function to${One}({ id, ${fields.map(({ name }) => name).join(', ')}, version, created_at, updated_at }: Selectable<${Many}Table>): ${One} {
  return { id, ${fields.map((field) => membersOf(field).json).join(', ')}, version, createdAt: created_at.toISOString(), updatedAt: updated_at.toISOString() };
}
`;
