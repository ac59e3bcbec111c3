import type { Database } from '../database/database.js';
import { seededUser } from './seeded-user.js';

/** Six values a row; PostgreSQL takes 65,535 in a statement. */
const batchSize = 1_000;

/** Sees to it that the first `count` seeded users are there; gives how many were not yet. */
export async function seedUsers(database: Database, count: number): Promise<number> {
  let added = 0;
  for (let first = 0; first < count; first += batchSize) {
    const users = Array.from({ length: Math.min(batchSize, count - first) }, (_, offset) => seededUser(first + offset));
    const { numInsertedOrUpdatedRows = 0n } = await database.run((db) =>
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
