import { outboxMigration } from '@nuthatch/cache/outbox';
import { describe, expect, it } from 'vitest';
import { orderById, ordersPage } from '../../orders/orders.cache.js';
import { userByEmail, userById, usersPage } from '../../users/users.cache.js';
import { statements } from './0006-cache-outbox.js';

describe('the newest migration of the outbox', () => {
  it('is the one that the policies generate: after a change of a `from`, add a migration and name it here', () => {
    const { up } = outboxMigration([userById, userByEmail, usersPage, orderById, ordersPage]);
    expect(statements).toEqual(up);
  });
});
