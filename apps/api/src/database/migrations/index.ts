import type { Migration } from 'kysely/migration';
import * as users from './0001-users.js';
import * as orders from './0002-orders.js';
import * as usersEmailOrder from './0003-users-email-order.js';
import * as usersNameOrder from './0004-users-name-order.js';
import * as usersNameFolding from './0005-users-name-folding.js';
import * as cacheOutbox from './0006-cache-outbox.js';

/** The migrations in their order, as imports, because the app is one bundle. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-users': users,
  '0002-orders': orders,
  '0003-users-email-order': usersEmailOrder,
  '0004-users-name-order': usersNameOrder,
  '0005-users-name-folding': usersNameFolding,
  '0006-cache-outbox': cacheOutbox,
};
