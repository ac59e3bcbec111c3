/** A column that equals one of these values. Text is compared without regard to letter case. */
export interface Condition {
  readonly column: string;
  readonly values: readonly unknown[];
}

/** A table that a statement reads. Rows that meet all conditions are read; without a condition, every row. */
export interface TableRead {
  readonly table: string;
  readonly conditions: readonly Condition[];
}

export type Row = Readonly<Record<string, unknown>>;

/** A table that a statement changes. */
export interface TableChange extends TableRead {
  readonly kind: 'insert' | 'update' | 'delete';
  /** The inserted rows, or the one set of columns that an update assigns, as far as their values are known; else `undefined`. */
  readonly assigned: readonly Row[] | undefined;
  /** Whether the statement returns the changed rows. */
  readonly returns: boolean;
  /** Whether the statement itself is the change, and not a part of it. */
  readonly whole: boolean;
}

/** The tables that one statement reads and changes. */
export interface Statement {
  readonly reads: readonly TableRead[];
  readonly changes: readonly TableChange[];
}

/** A statement that the database has executed. */
export interface Executed {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  readonly rows: readonly object[];
  /** The number of changed rows, if the driver reports it. */
  readonly affected: number | undefined;
}

/** Whether the value is among these, as the database compares them: a driver returns some types as text. */
export function includesValue(values: readonly unknown[], value: unknown): boolean {
  const text = textOf(value);
  return values.some((other) => textOf(other) === text);
}

function textOf(value: unknown): string {
  return (value instanceof Date ? value.toISOString() : String(value)).toLowerCase();
}
