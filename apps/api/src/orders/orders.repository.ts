import { Injectable } from '@nestjs/common';
import { type Selectable, sql, type UpdateObject } from 'kysely';
import { Database, type Reading } from '../database/database.js';
import type { OrdersTable, Schema } from '../database/schema.js';
import type { Position } from '../paging/page-schema.js';
import { UserNotFound } from '../users/users.errors.js';
import { VersionMismatch } from '../optimistic-locking/version.errors.js';
import { type Order, orderEtags } from './order.js';
import type { UpdateOrder, CreateOrder } from './orders.dto.js';
import { OrderNotFound } from './orders.errors.js';

/** The versions that a write may change (`undefined`: any), and a step that runs before the write commits. */
export interface Terms {
  readonly versions: readonly number[] | undefined;
  readonly beforeCommit: (written: Order) => Promise<void>;
}

/** The statements. A deleted order stays in the table, and every statement skips it. */
@Injectable()
export class OrdersRepository {
  constructor(private readonly database: Database) {}

  async findById(id: string): Promise<Order | undefined> {
    const row = await this.database.read((db) =>
      db.selectFrom('orders').selectAll().where('id', '=', id).where('deleted_at', 'is', null).executeTakeFirst(),
    );
    return row && toOrder(row);
  }

  /** Returns the order in one of these versions, or in any version when it is `undefined`. @throws OrderNotFound, VersionMismatch */
  async findVersion(id: string, versions?: readonly number[]): Promise<Order> {
    const order = await this.findById(id);
    const isExpected = order && (versions?.includes(order.version) ?? true);
    return isExpected ? order : this.database.read((db) => explainMiss(db, id));
  }

  /** Returns at most `count` orders of the user that come after the position, the oldest first. */
  async findAfter(userId: string, position: Position | undefined, count: number): Promise<Order[]> {
    const rows = await this.database.read((db) => {
      const live = db.selectFrom('orders').selectAll().where('user_id', '=', userId).where('deleted_at', 'is', null);
      const rest = position
        ? live.where(({ eb, refTuple, tuple }) =>
            eb(refTuple('created_at', 'id'), '>', tuple(new Date(position.text), position.id)),
          )
        : live;
      return rest.orderBy('created_at').orderBy('id').limit(count).execute();
    });
    return rows.map(toOrder);
  }

  /** Creates an order. The statement itself checks the user, who may be deleted after an earlier check. @throws UserNotFound */
  async create(id: string, userId: string, { amount, currency }: CreateOrder): Promise<Order> {
    const row = await this.database.write((db) =>
      db
        .insertInto('orders')
        .columns(['id', 'user_id', 'amount', 'currency'])
        .expression((eb) =>
          eb
            .selectFrom('users')
            .select(({ val }) => [
              val(id).as('id'),
              'users.id as user_id',
              val(amount).as('amount'),
              val(currency).as('currency'),
            ])
            .where('users.id', '=', userId)
            .where('users.deleted_at', 'is', null),
        )
        .returningAll()
        .executeTakeFirst(),
    );
    if (!row) throw new UserNotFound(userId);
    return toOrder(row);
  }

  /** @throws OrderNotFound, VersionMismatch */
  update(id: string, change: UpdateOrder, terms: Terms): Promise<Order> {
    return this.write(id, change, terms);
  }

  /** Marks the order as deleted. @throws OrderNotFound (also the second time), VersionMismatch */
  async remove(id: string, terms: Terms): Promise<void> {
    await this.write(id, { deleted_at: sql<Date>`now()` }, terms);
  }

  /** Changes a row. The statement itself checks the version: of two concurrent writers, one fails. */
  private write(id: string, set: UpdateObject<Schema, 'orders'>, { versions, beforeCommit }: Terms): Promise<Order> {
    return this.database.transaction(async (trx) => {
      const row = await trx
        .updateTable('orders')
        .set((eb) => ({ ...set, version: eb('version', '+', 1), updated_at: sql<Date>`now()` }))
        .where('id', '=', id)
        .where('deleted_at', 'is', null)
        .where(versions ? sql<boolean>`version = any(${[...versions]}::integer[])` : sql<boolean>`true`)
        .returningAll()
        .executeTakeFirst();
      if (!row) return explainMiss(trx, id);
      const order = toOrder(row);
      await beforeCommit(order);
      return order;
    });
  }
}

async function explainMiss(db: Pick<Reading, 'selectFrom'>, id: string): Promise<never> {
  const live = db.selectFrom('orders').select('version').where('id', '=', id).where('deleted_at', 'is', null);
  const current = await live.executeTakeFirst();
  throw current ? new VersionMismatch('order', orderEtags.of(current.version)) : new OrderNotFound(id);
}

function toOrder({ id, user_id, status, amount, currency, version, ...times }: Selectable<OrdersTable>): Order {
  const [createdAt, updatedAt] = [times.created_at.toISOString(), times.updated_at.toISOString()];
  return { id, userId: user_id, status, amount, currency, version, createdAt, updatedAt };
}
