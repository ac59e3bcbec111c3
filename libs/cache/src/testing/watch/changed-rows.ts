import { keyText } from '../../core/policy/key-schema.js';
import { keyTextOf } from './names.js';
import { type Executed, includesValue, type Row, type TableChange, type TableRead } from './statement.js';

/** Rows of a table that a loader has read. */
export interface RowsRead extends TableRead {
  /** The primary keys of the rows in the result. */
  readonly keys: readonly unknown[];
}

/** Rows of a table that a write has changed. */
export interface RowsChanged {
  readonly table: string;
  readonly kind: TableChange['kind'];
  /** The name of the primary key. */
  readonly key: string;
  /** The columns of the rows that are known; `undefined` if any row of the table may have changed. */
  readonly rows: readonly Row[] | undefined;
}

/** Returns the rows that a statement has changed. */
export function rowsChanged(change: TableChange, { rows, affected }: Executed, key: string): RowsChanged {
  const { table, kind, assigned, conditions, returns, whole } = change;
  const changed = (known: readonly Row[] | undefined): RowsChanged => ({ table, kind, key, rows: known });
  if (whole && affected === 0) return changed([]);
  const fixed = Object.fromEntries(
    conditions.flatMap(({ column, values }) => (values.length === 1 ? [[column, values[0]] as const] : [])),
  );
  const set = kind === 'update' ? assigned?.[0] : undefined;
  if (whole && returns)
    return changed(
      identified(
        rows.map((row) => ({ ...fixed, ...set, ...row })),
        kind,
        key,
      ),
    );
  if (kind === 'insert') return changed(assigned);
  const byKey = conditions.find(({ column }) => column === key);
  return changed(byKey?.values.map((value) => ({ ...fixed, ...set, [key]: value })));
}

/** A row that is already in the table is known by its primary key only. */
function identified(rows: readonly Row[], kind: TableChange['kind'], key: string): readonly Row[] | undefined {
  return kind === 'insert' || rows.every((row) => key in row) ? rows : undefined;
}

/** Whether a change may alter what was read: it changes a row of the result, or brings a row into it. */
export function touches(change: RowsChanged, read: RowsRead): boolean {
  if (change.table !== read.table) return false;
  if (change.rows === undefined) return true;
  const { key, kind } = change;
  return change.rows.some(
    (row) =>
      (key in row && includesValue(read.keys, row[key])) || isWithin(row, read, kind === 'delete' ? key : undefined),
  );
}

/** Whether a row meets the conditions of a read, or only those on one column. */
function isWithin(row: Row, { conditions }: RowsRead, only: string | undefined): boolean {
  return conditions.every(
    ({ column, values }) =>
      (only === undefined || column === only) && column in row && includesValue(values, row[column]),
  );
}

/**
 * Returns the share of one entry in what a loader has read for several entries: the rows that a condition finds by the key of the
 * entry. Returns `undefined` if no condition has the key.
 */
export function shareOf(read: RowsRead, recordKey: string): RowsRead | undefined {
  if (read.conditions.length === 0) return read;
  for (const { column, values } of read.conditions) {
    const own = values.filter((value) => isKeyOf(recordKey, value));
    if (own.length > 0) return { table: read.table, conditions: [{ column, values: own }], keys: [] };
  }
  return undefined;
}

/** Whether the record of an entry has this value as its key. */
export function isKeyOf(recordKey: string, value: unknown): boolean {
  const isText = typeof value === 'string' || typeof value === 'number';
  return isText && [value, String(value)].map(keyText).includes(keyTextOf(recordKey) ?? '');
}
