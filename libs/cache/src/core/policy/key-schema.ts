import { createHash } from 'node:crypto';
import { CacheError } from '../errors.js';

/**
 * A Standard Schema (zod, valibot, arktype, …), seen from here: it types a key, makes it canonical and refuses what is not a
 * key. It must validate synchronously and without effects, and take what it made of a key for that same key: a canonical key may
 * be parsed again.
 *
 * @see https://standardschema.dev
 */
export interface KeySchema<K> {
  readonly '~standard': {
    readonly validate: (value: unknown) => KeyResult<K> | Promise<KeyResult<K>>;
  };
}

type KeyResult<K> =
  { readonly value: K; readonly issues?: undefined } | { readonly issues: readonly { readonly message: string }[] };

/** The canonical key, or `undefined` when `raw` is not a key of this schema. */
export function parseKey<K>(schema: KeySchema<K>, raw: unknown): { readonly key: K } | undefined {
  const result = schema['~standard'].validate(raw);
  if (result instanceof Promise) {
    throw new CacheError(
      'CACHE_KEY_INVALID',
      'The key schema validates asynchronously; give one that answers at once.',
    );
  }
  return result.issues ? undefined : { key: result.value };
}

const LONGEST_KEY_BYTES = 200;
/** Deeper than any key, and less than the stack can bear: a key that holds itself has no end. */
const DEEPEST_KEY = 100;

/**
 * The text of a key inside a slot's name. Equal keys give equal texts, different keys different ones: object members are
 * sorted, and what has no canonical form (a Map, a Date, a function) is refused rather than flattened.
 */
export function keyText(key: unknown): string {
  // Half of a surrogate pair has no UTF-8: the bytes that Redis is sent would be those of other keys too. JSON escapes it.
  const isPlain = typeof key === 'string' && key.isWellFormed();
  const text = isPlain ? `s${key}` : `j${JSON.stringify(canonical(key))}`;
  return Buffer.byteLength(text) <= LONGEST_KEY_BYTES ? text : `h${createHash('sha256').update(text).digest('hex')}`;
}

function canonical(value: unknown, depth = 0): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (depth > DEEPEST_KEY) throw new CacheError('CACHE_KEY_INVALID', 'A key holds itself, or is nested too deep.');
  // Array.from sees holes, as undefined.
  if (Array.isArray(value)) return Array.from(value, (item) => canonical(item, depth + 1));
  if (isPlainObject(value)) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    // As pairs, not as an object: an object would put integer-like names first and drop `__proto__`.
    return {
      o: members.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, canonical(member, depth + 1)]),
    };
  }
  throw new CacheError(
    'CACHE_KEY_INVALID',
    `A key holds strings, finite numbers, booleans, null, arrays and plain objects; this one holds ${describe(value)}.`,
  );
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`;
  // A prototype need not have one.
  const { constructor }: { readonly constructor?: unknown } = value;
  return typeof constructor === 'function' ? `a ${constructor.name}` : 'an object of no class';
}
