import type { Database } from '../database/database.js';
import { generatedUser } from './generated-user.js';

/** The rows of one statement. A row has six values, and PostgreSQL accepts 65,535 values. */
const batchSize = 1_000;

/** Adds the missing ones of the first `count` generated users and returns their number. */
export async function insertUsers(database: Database, count: number): Promise<number> {
  let added = 0;
  for (let first = 0; first < count; first += batchSize) {
    const users = Array.from({ length: Math.min(batchSize, count - first) }, (_, offset) =>
      generatedUser(first + offset),
    );
    const { numInsertedOrUpdatedRows = 0n } = await database.write((db) =>
      db
        .insertInto('users')
        .values(users)
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirstOrThrow(),
    );
    added += Number(numInsertedOrUpdatedRows);
  }
  return added;
}
