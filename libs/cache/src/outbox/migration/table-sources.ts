import { type TagPart, tagParts } from '../../core/policy/cache-source.js';
import type { CacheDefinition } from '../../core/policy/define-cache.js';

/** What a changed row of one table invalidates. */
export interface TableSources {
  readonly table: string;
  /** Caches with the columns of their keys, of which the entries of a row are invalidated. */
  readonly keys: readonly { readonly cache: string; readonly columns: readonly string[] }[];
  /** Tags with the text of a column. */
  readonly rowTags: readonly (readonly TagPart[])[];
  /** Tags without a column. */
  readonly tags: readonly string[];
  /** Caches of which each change invalidates every entry. */
  readonly wholeCaches: readonly string[];
  /** Caches of which a change of too many rows invalidates every entry. */
  readonly allCaches: readonly string[];
}

type Definition = Pick<CacheDefinition<unknown, unknown>, 'name' | 'sources'>;

/** Returns the tables of these policies in the order of their names, so that equal policies give equal SQL. */
export function tableSources(definitions: readonly Definition[]): readonly TableSources[] {
  const sources = definitions
    .toSorted(byName)
    .flatMap(({ name: cache, sources: own }) => own.map((source) => ({ ...source, cache })));
  const tables = Map.groupBy(sources, ({ table }) => table);
  return [...tables]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([table, own]) => {
      const templates = [...new Set(own.flatMap(({ tags = [] }) => tags))];
      const parsed = templates.map((template) => ({ template, parts: tagParts(template) ?? [] }));
      const rowTags = parsed.filter(({ parts }) => isOfRow(parts));
      const perRow = new Set(rowTags.map(({ template }) => template));
      const wholeCaches = namesOf(own.filter(({ key, tags = [] }) => key === undefined && tags.length === 0));
      const keyed = own.filter(({ cache, key }) => key !== undefined && !wholeCaches.includes(cache));
      const many = own.filter(({ key, tags = [] }) => key !== undefined || tags.some((tag) => perRow.has(tag)));
      return {
        table,
        keys: [...Map.groupBy(keyed, ({ cache }) => cache)].map(([cache, ofCache]) => ({
          cache,
          columns: [...new Set(ofCache.flatMap(({ key = [] }) => key))],
        })),
        rowTags: rowTags.map(({ parts }) => parts),
        tags: templates.filter((template) => !perRow.has(template)),
        wholeCaches,
        allCaches: [...new Set([...wholeCaches, ...namesOf(many)])].toSorted(),
      };
    });
}

/** Returns the columns that the triggers of a table read. */
export function columnsOf({ keys, rowTags }: TableSources): readonly string[] {
  const ofTags = rowTags.flat().flatMap((part) => ('column' in part ? [part.column] : []));
  return [...new Set([...keys.flatMap(({ columns }) => columns), ...ofTags])];
}

function isOfRow(parts: readonly TagPart[]): boolean {
  return parts.some((part) => 'column' in part);
}

function namesOf(sources: readonly { readonly cache: string }[]): string[] {
  return [...new Set(sources.map(({ cache }) => cache))];
}

function byName({ name: a }: Definition, { name: b }: Definition): number {
  return a < b ? -1 : 1;
}
