import type { Migration } from 'kysely/migration';
import * as users from './0001-users.js';
import * as orders from './0002-orders.js';

/** In the order they run. They are code, not files, as the app is one bundle. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-users': users,
  '0002-orders': orders,
};
