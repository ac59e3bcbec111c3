import type { ColumnType, Generated } from 'kysely';
import type { OrderStatus } from '../orders/order.js';

/** A time with milliseconds, `timestamptz(3)`. A JavaScript Date has no finer time, and cursors would lose it. */
type Timestamp = ColumnType<Date, Date | undefined, Date>;

export interface UsersTable {
  id: string;
  name: string;
  email: string;
  version: Generated<number>;
  created_at: Timestamp;
  updated_at: Timestamp;
  deleted_at: ColumnType<Date | null, Date | undefined, Date>;
}

export interface OrdersTable {
  id: string;
  user_id: string;
  status: Generated<OrderStatus>;
  amount: number;
  currency: string;
  version: Generated<number>;
  created_at: Timestamp;
  updated_at: Timestamp;
  deleted_at: ColumnType<Date | null, Date | undefined, Date>;
}

/** The tables as the newest migration leaves them. */
export interface Schema {
  users: UsersTable;
  orders: OrdersTable;
}
