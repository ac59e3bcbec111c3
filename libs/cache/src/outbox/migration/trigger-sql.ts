import { CacheError } from '../../core/errors.js';
import type { TagPart } from '../../core/policy/cache-source.js';
import { literal, quoted, quotedTable } from './identifiers.js';
import { columnsOf, type TableSources } from './table-sources.js';

/** A statement that changes more rows invalidates the caches of its table as a whole. */
const MOST_ROWS = 500;
/** PostgreSQL cuts a longer name. */
const LONGEST_NAME = 63;
const LONGEST_EVENT = '_truncate';

/**
 * Operators with their schema. The functions run with the rights of their owner, and find what has no schema in the search path of the
 * program that changes the table. To set another path for the function would cost as much as a third of the row in the outbox.
 */
const [EQUALS, AT_MOST, MORE_THAN, CONCATENATED] = ['=', '<=', '>', '||'].map((sign) => `OPERATOR(pg_catalog.${sign})`);

/** The statements that a trigger follows, and the rows that it sees. An update has the old rows and the new ones. */
const EVENTS = [
  { event: 'INSERT', rows: ['new_rows'] },
  { event: 'UPDATE', rows: ['old_rows', 'new_rows'] },
  { event: 'DELETE', rows: ['old_rows'] },
] as const;

/** Returns the name of the function of a table, with which the names of its triggers begin. @throws {CacheError} if it is too long. */
export function functionNameOf(table: string): string {
  const name = `cache_outbox_${table.replace('.', '_')}`;
  if (name.length + LONGEST_EVENT.length <= LONGEST_NAME) return name;
  throw new CacheError(
    'CACHE_OPTIONS_INVALID',
    `The name of the table "${table}" is too long for a trigger: "${name}".`,
  );
}

/**
 * Returns the function of the triggers of one table. Each statement adds one row to the outbox, whatever the number of its rows.
 *
 * The function has the rights of its owner, because a program that may change the table need not know of the outbox. So it names the
 * schema of everything that it uses, but for the changed rows, which no schema can hide.
 */
export function functionOf(sources: TableSources, schema: string): string {
  const branches = EVENTS.map(({ event, rows }, place) =>
    branch(sources, schema, { event, rows, isFirst: place === 0 }),
  );
  return `CREATE OR REPLACE FUNCTION ${fullName(sources.table, schema)}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER AS $outbox$
BEGIN
${branches.join('\n')}
  ELSE
    INSERT INTO ${quoted(schema)}.cache_outbox (keys, tags)
    VALUES (${everything(sources)}, ${textArray(sources.tags)});
  END IF;
  RETURN NULL;
END
$outbox$`;
}

/** Returns the statements that create the triggers of one table: one per event, because each sees other rows. */
export function triggersOf(table: string, schema: string): readonly string[] {
  const trigger = (event: string, transition: string): string =>
    `CREATE OR REPLACE TRIGGER ${triggerName(table, event)} AFTER ${event} ON ${quotedTable(table)}
${transition}FOR EACH STATEMENT EXECUTE FUNCTION ${fullName(table, schema)}()`;
  const changes = EVENTS.map(({ event, rows }) => {
    const tables = rows.map((each) => `${each === 'old_rows' ? 'OLD' : 'NEW'} TABLE AS ${each}`);
    return trigger(event, `REFERENCING ${tables.join(' ')} `);
  });
  return [...changes, trigger('TRUNCATE', '')];
}

/** Returns the statements that remove the triggers of one table and their function. */
export function withoutTriggers(table: string, schema: string): readonly string[] {
  const events = [...EVENTS.map(({ event }) => event), 'TRUNCATE'];
  const drops = events.map((event) => `DROP TRIGGER IF EXISTS ${triggerName(table, event)} ON ${quotedTable(table)}`);
  return [...drops, `DROP FUNCTION IF EXISTS ${fullName(table, schema)}()`];
}

interface Branch {
  readonly event: string;
  readonly rows: readonly string[];
  readonly isFirst: boolean;
}

function branch(sources: TableSources, schema: string, { event, rows, isFirst }: Branch): string {
  const columns = columnsOf(sources);
  const selected = columns.length === 0 ? 'true' : columns.map(quoted).join(', ');
  const most = MOST_ROWS * rows.length;
  // One row more than allowed shows that there are too many, whatever their number. A relay drops repeated texts for less than SQL.
  const limit = columns.length === 0 ? 1 : MOST_ROWS + 1;
  const from = rows.map((each) => `(SELECT ${selected} FROM ${each} LIMIT ${limit})`).join(' UNION ALL ');
  const few = (yes: string, no: string): string =>
    columns.length === 0
      ? no
      : `CASE WHEN pg_catalog.count(*) ${AT_MOST} ${most}\n      THEN ${yes}\n      ELSE ${no} END`;
  return `  ${isFirst ? 'IF' : 'ELSIF'} TG_OP ${EQUALS} '${event}' THEN
    INSERT INTO ${quoted(schema)}.cache_outbox (keys, tags)
    SELECT ${few(keysOf(sources), everything(sources))},
      ${few(tagsOf(sources), textArray(sources.tags))}
    FROM (${from}) AS changed HAVING pg_catalog.count(*) ${MORE_THAN} 0;`;
}

/** The keys of the changed rows, by cache. A cache with `null` is invalidated as a whole. */
function keysOf({ keys, wholeCaches }: TableSources): string {
  const members = [
    ...keys.map(({ cache, columns }) => {
      const texts = columns.map((column) => `pg_catalog.array_agg(${textOfColumn(column)})`);
      return `${literal(cache)}, ${texts.join(` ${CONCATENATED} `)}`;
    }),
    ...wholeCaches.map((cache) => `${literal(cache)}, NULL`),
  ];
  return `pg_catalog.jsonb_build_object(${members.join(', ')})`;
}

function tagsOf({ tags, rowTags }: TableSources): string {
  const ofRows = rowTags.map((parts) => `pg_catalog.array_agg(${parts.map(textOf).join(` ${CONCATENATED} `)})`);
  const parts = tags.length > 0 ? [textArray(tags), ...ofRows] : ofRows;
  return parts.length === 0 ? textArray([]) : parts.join(` ${CONCATENATED} `);
}

function textOf(part: TagPart): string {
  return 'text' in part ? literal(part.text) : textOfColumn(part.column);
}

function textOfColumn(column: string): string {
  return `${quoted(column)}::pg_catalog.text`;
}

function everything({ allCaches }: TableSources): string {
  return `${literal(JSON.stringify(Object.fromEntries(allCaches.map((cache) => [cache, null]))))}::pg_catalog.jsonb`;
}

function textArray(texts: readonly string[]): string {
  return `ARRAY[${texts.map(literal).join(', ')}]::pg_catalog.text[]`;
}

function fullName(table: string, schema: string): string {
  return `${quoted(schema)}.${quoted(functionNameOf(table))}`;
}

function triggerName(table: string, event: string): string {
  return quoted(`${functionNameOf(table)}_${event.toLowerCase()}`);
}
