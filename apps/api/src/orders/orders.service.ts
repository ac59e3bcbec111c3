import { Injectable } from '@nestjs/common';
import { Cache, type CacheTransaction, InjectCache, ReadThrough } from '@nuthatch/cache';
import { uuidV7 } from '../database/uuid-v7.js';
import { Cursors } from '../paging/cursors.js';
import { byCreation } from '../paging/ordering.js';
import type { PageQuery } from '../paging/page-query.js';
import { UsersService } from '../users/users.service.js';
import type { Order, OrdersOfUser } from './order.js';
import { orderById, ordersOf, ordersPage } from './orders.cache.js';
import type { OrderChange, OrderDetails } from './orders.dto.js';
import { OrderNotFound } from './orders.errors.js';
import { OrdersRepository, type Terms } from './orders.repository.js';

@Injectable()
export class OrdersService {
  constructor(
    @InjectCache(orderById) private readonly cache: Cache<string, Order>,
    private readonly orders: OrdersRepository,
    private readonly users: UsersService,
    private readonly cursors: Cursors,
  ) {}

  async find(id: string): Promise<Order> {
    const order = await this.cache.readThrough(id, () => this.orders.findById(id));
    if (!order) throw new OrderNotFound(id);
    return order;
  }

  /** @throws UserNotFound */
  @ReadThrough(ordersPage, (userId, page) => ({ userId, page }))
  async findOf(userId: string, { limit, cursor }: PageQuery): Promise<OrdersOfUser> {
    // A read within a load is strong: what it finds is no older than what the tags of the list vouch for.
    const { id, name } = await this.users.find(userId);
    const cursors = this.cursors.of(`orders of ${userId}`, byCreation);
    // One more than asked for tells whether there is a next page.
    const found = await this.orders.findAfter(userId, cursors.after(cursor), limit + 1);
    return { user: { id, name }, ...cursors.page(found, limit) };
  }

  /** @throws UserNotFound */
  create(userId: string, details: OrderDetails): Promise<Order> {
    const id = uuidV7();
    return this.cache.writeThrough(id, () => this.orders.create(id, userId, details), { tags: [ordersOf(userId)] });
  }

  /** `versions`: those that may be changed; `undefined` is any. */
  update(id: string, change: OrderChange, versions?: readonly number[]): Promise<Order> {
    return this.cache.writeThrough(id, (tx) => this.orders.update(id, change, termsOf(tx, versions)));
  }

  remove(id: string, versions?: readonly number[]): Promise<void> {
    return this.cache.writeInvalidate(id, (tx) => this.orders.remove(id, termsOf(tx, versions)));
  }
}

/** Whose list the order is in, its row says: it is named when the row is written, and before that is committed. */
function termsOf(tx: CacheTransaction, versions: readonly number[] | undefined): Terms {
  return { versions, beforeCommit: ({ userId }) => tx.invalidateTags([ordersOf(userId)]) };
}
