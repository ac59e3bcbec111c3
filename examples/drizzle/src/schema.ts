import { integer, pgTable, text } from 'drizzle-orm/pg-core';

export const usersTable = pgTable('users', {
  id: text().primaryKey(),
  name: text().notNull(),
  visits: integer().notNull().default(0),
});

export type User = typeof usersTable.$inferSelect;
