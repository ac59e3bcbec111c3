import type { ColumnType, Generated } from 'kysely';

/** A time with milliseconds, `timestamptz(3)`: more than a JavaScript Date can hold would be lost in cursors. */
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

/** The tables as the newest migration leaves them. */
export interface Schema {
  users: UsersTable;
}
