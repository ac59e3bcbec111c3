import { Injectable } from '@nestjs/common';
import { Cache, type CacheTransaction, InjectCache, ReadThrough } from '@nuthatch/cache';
import { uuidV7 } from '../database/uuid-v7.js';
import { isEmptyPatch } from '../optimistic-locking/empty-patch.js';
import { Cursors } from '../paging/cursors.js';
import { byCreation } from '../paging/ordering.js';
import type { PageQuery } from '../paging/page-query.js';
import { UsersService } from '../users/users.service.js';
import type { Order, OrdersOfUser } from './order.js';
import { orderById, ordersPage, ordersTag } from './orders.cache.js';
import type { UpdateOrder, CreateOrder } from './orders.dto.js';
import { OrderNotFound } from './orders.errors.js';
import { OrdersRepository, type Terms } from './orders.repository.js';

@Injectable()
export class OrdersService {
  constructor(
    @InjectCache(orderById) private readonly cache: Cache<string, Order>,
    private readonly orders: OrdersRepository,
    private readonly users: UsersService,
  ) {}

  async find(id: string): Promise<Order> {
    const order = await this.cache.readThrough(id, () => this.orders.findById(id));
    if (!order) throw new OrderNotFound(id);
    return order;
  }

  /** @throws UserNotFound */
  @ReadThrough(ordersPage, (userId, page) => ({ userId, page }))
  async findOf(userId: string, { limit, cursor }: PageQuery): Promise<OrdersOfUser> {
    // A read within a load is strong: the user is not older than the tags of the list.
    const { id, name } = await this.users.find(userId);
    const cursors = new Cursors(`orders:${userId}`, byCreation);
    // One order more than the limit shows whether there is a next page.
    const found = await this.orders.findAfter(userId, cursors.after(cursor), limit + 1);
    return { user: { id, name }, ...cursors.page(found, limit) };
  }

  /** @throws UserNotFound */
  create(userId: string, details: CreateOrder): Promise<Order> {
    const id = uuidV7();
    return this.cache.writeThrough(id, () => this.orders.create(id, userId, details), { tags: [ordersTag(userId)] });
  }

  /** Changes one of these `versions`, or any version when it is `undefined`. @throws OrderNotFound, VersionMismatch */
  update(id: string, change: UpdateOrder, versions?: readonly number[]): Promise<Order> {
    if (isEmptyPatch(change)) return this.orders.findVersion(id, versions);
    return this.cache.writeThrough(id, (tx) => this.orders.update(id, change, termsOf(tx, versions)));
  }

  /** Removes one of these `versions`, or any version when it is `undefined`. @throws OrderNotFound, VersionMismatch */
  remove(id: string, versions?: readonly number[]): Promise<void> {
    return this.cache.writeInvalidate(id, (tx) => this.orders.remove(id, termsOf(tx, versions)));
  }
}

/** Invalidates the list of the user after the row is written, because the row names the user, and before the commit. */
function termsOf(tx: CacheTransaction, versions: readonly number[] | undefined): Terms {
  return { versions, beforeCommit: ({ userId }) => tx.invalidateTags([ordersTag(userId)]) };
}
