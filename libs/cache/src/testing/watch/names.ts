import type { CacheDefinition } from '../../core/policy/define-cache.js';

/** The exports of the files that define caches: `{ userById, userByEmail }`, or the namespace of a module. */
export type Exports = Readonly<Record<string, unknown>>;

interface RecordName {
  readonly cache: string;
  /** The key as source code; `undefined` when the record has only its hash. */
  readonly key: string | undefined;
}

const RECORD = /:c:(?<cache>[^:]+):(?<key>(?<kind>[sjh])(?<text>.*))$/s;

/** Returns the part of the name of a record that is the key of its entry. */
export function keyTextOf(recordKey: string): string | undefined {
  return RECORD.exec(recordKey)?.groups?.['key'];
}

/** Reads the name of a record in the store. */
export function parseRecordKey(recordKey: string): RecordName {
  const { cache = '', kind = '', text = '' } = RECORD.exec(recordKey)?.groups ?? {};
  if (kind === 'h') return { cache, key: undefined };
  return { cache, key: kind === 's' ? quoted(text) : sourceOf(JSON.parse(text)) };
}

/** Returns the text of a tag of a policy; `undefined` for a tag that the library adds to every entry. */
export function tagOf(recordKey: string): string | undefined {
  return /:t:[sj](.*)$/s.exec(recordKey)?.[1];
}

/** Returns the line of code that names an entry in the body of a write. */
export function lineFor(recordKey: string, tags: readonly string[], exports: Exports): string {
  const texts = tags.flatMap((tag) => tagOf(tag) ?? []);
  if (texts.length > 0) {
    const [first, ...others] = texts.map(quoted);
    const alternatives = others.length > 0 ? ` // or ${others.join(', or ')}` : '';
    return `await tx.invalidateTags([${first}]);${alternatives}`;
  }
  const { cache, key } = parseRecordKey(recordKey);
  const definition = exportOf(cache, exports);
  return key === undefined ? `await tx.clear(${definition});` : `await tx.invalidate(${definition}, ${key});`;
}

/** Returns the name of the constant that has the definition of a cache, or the name of the cache if no export has it. */
function exportOf(cache: string, exports: Exports): string {
  const found = Object.entries(exports).find(([, value]) => isDefinition(value) && value.name === cache);
  return found?.[0] ?? quoted(cache);
}

function isDefinition(value: unknown): value is Pick<CacheDefinition<unknown, unknown>, 'name' | 'lifetimes'> {
  return typeof value === 'object' && value !== null && 'name' in value && 'lifetimes' in value;
}

function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
}

/** Writes the canonical form of a key as source code. In it, an object is a list of pairs. */
function sourceOf(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(sourceOf).join(', ')}]`;
  if (typeof value !== 'object' || value === null || !('o' in value) || !Array.isArray(value.o)) return String(value);
  const pairs: readonly unknown[] = value.o;
  return `{ ${pairs.flatMap((pair) => (Array.isArray(pair) ? `${pair[0]}: ${sourceOf(pair[1])}` : [])).join(', ')} }`;
}
