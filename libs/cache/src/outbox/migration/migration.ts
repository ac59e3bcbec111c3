import { CacheError } from '../../core/errors.js';
import type { CacheDefinition } from '../../core/policy/define-cache.js';
import { literal, quoted, quotedTable } from './identifiers.js';
import { columnsOf, type TableSources, tableSources } from './table-sources.js';
import { functionNameOf, functionOf, triggersOf, withoutTriggers } from './trigger-sql.js';

/** A migration of the database: statements of SQL, for any migration tool. */
export interface OutboxMigration {
  readonly up: readonly string[];
  readonly down: readonly string[];
}

/** Configures {@link outboxMigration}. */
export interface OutboxMigrationOptions {
  /** The schema of the outbox and of its functions. @default 'public' */
  readonly schema?: string;
}

/**
 * Returns the migration that creates the outbox, and the triggers for the tables in the `from` of these caches. PostgreSQL 14 or newer,
 * or PGlite. Running `up` again with other policies replaces the triggers; to take a table out, run the `down` of the former policies.
 *
 * @throws {CacheError} `CACHE_OPTIONS_INVALID` when no cache has a `from`.
 * @example
 * for (const statement of outboxMigration([userById, usersPage]).up) await pool.query(statement);
 */
export function outboxMigration(
  caches: readonly CacheDefinition<unknown, unknown>[],
  { schema = 'public' }: OutboxMigrationOptions = {},
): OutboxMigration {
  const tables = tableSources(caches);
  if (tables.length === 0)
    throw new CacheError(
      'CACHE_OPTIONS_INVALID',
      'No cache has a table. Add `from: { table, key }` to their policies.',
    );
  rejectEqualNames(tables);
  return {
    up: [
      outboxTable(schema),
      ...columnCheck(tables),
      ...tables.flatMap((sources) => [functionOf(sources, schema), ...triggersOf(sources.table, schema)]),
    ],
    down: [
      ...tables.flatMap(({ table }) => withoutTriggers(table, schema)),
      `DROP TABLE IF EXISTS ${quoted(schema)}.cache_outbox`,
    ],
  };
}

/** The transaction of a row decides when it becomes visible, so the rows are ordered by it. */
function outboxTable(schema: string): string {
  return `CREATE TABLE IF NOT EXISTS ${quoted(schema)}.cache_outbox (
  id bigint GENERATED ALWAYS AS IDENTITY,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  token text DEFAULT nullif(current_setting('nuthatch.token', true), ''),
  keys jsonb NOT NULL,
  tags text[] NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (xid, id)
)`;
}

/** A time, a float or a padded text has another text in SQL than in the key of an entry, so the migration refuses it. */
function columnCheck(tables: readonly TableSources[]): readonly string[] {
  const columns = tables.flatMap((sources) =>
    columnsOf(sources).map((column) => `(${literal(quotedTable(sources.table))}, ${literal(column)})`),
  );
  if (columns.length === 0) return [];
  const check = `DO $outbox$
DECLARE
  fault text;
BEGIN
  SELECT string_agg(source.rel || '.' || source.col || ' is ' || coalesce(format_type(attr.atttypid, NULL), 'no column'), ', ')
  INTO fault
  FROM (VALUES ${columns.join(', ')}) AS source (rel, col)
  LEFT JOIN pg_attribute attr ON attr.attrelid = source.rel::regclass AND attr.attname = source.col AND NOT attr.attisdropped
  LEFT JOIN pg_type typ ON typ.oid = attr.atttypid
  LEFT JOIN pg_type base ON base.oid = nullif(typ.typbasetype, 0)
  WHERE coalesce(base.typname, typ.typname, '') NOT IN ('uuid', 'text', 'varchar', 'citext', 'int2', 'int4', 'int8', 'bool')
    AND coalesce(base.typtype, typ.typtype, 'b') <> 'e';
  IF fault IS NOT NULL THEN
    RAISE EXCEPTION 'cache_outbox: %', fault
      USING HINT = 'Use columns of type uuid, text, varchar, citext, integer, boolean or an enum in the from of a cache.';
  END IF;
END
$outbox$`;
  return [check];
}

function rejectEqualNames(tables: readonly TableSources[]): void {
  for (const [name, same] of Map.groupBy(tables, ({ table }) => functionNameOf(table))) {
    if (same.length > 1)
      throw new CacheError(
        'CACHE_OPTIONS_INVALID',
        `The triggers of ${same.map(({ table }) => `"${table}"`).join(' and ')} would have one name: "${name}". Rename a table.`,
      );
  }
}
