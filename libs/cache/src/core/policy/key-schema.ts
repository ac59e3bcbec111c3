import { createHash } from 'node:crypto';
import { CacheError } from '../errors.js';
import type { StandardSchema } from './standard-schema.js';

/**
 * Types a key, makes it canonical and rejects invalid ones. It must validate synchronously and without side effects, and accept
 * its own output unchanged: a canonical key may be parsed again.
 */
export type KeySchema<K> = StandardSchema<K>;

/** Accepts every string. The schema of a cache that names none. */
export const anyString: KeySchema<string> = {
  '~standard': {
    validate: (value) => (typeof value === 'string' ? { value } : { issues: [{ message: 'write a string' }] }),
  },
};

/** Returns the canonical key, or `undefined` if the schema rejects `raw`. */
export function parseKey<K>(schema: KeySchema<K>, raw: unknown): { readonly key: K } | undefined {
  const result = schema['~standard'].validate(raw);
  if (result instanceof Promise) {
    throw new CacheError('CACHE_KEY_INVALID', 'Key schemas must be synchronous. Remove async refinements.');
  }
  return result.issues ? undefined : { key: result.value };
}

const MAX_KEY_BYTES = 200;
/** Nesting of a key: more than any key needs, and less than overflows the stack. A circular key has no end. */
const MAX_KEY_DEPTH = 100;

/**
 * Returns the text of a key inside a record key. Equal keys have equal texts, different keys have different texts. Object
 * members are sorted. A value without a canonical form (a Map, a Date, a function) is rejected rather than flattened.
 */
export function keyText(key: unknown): string {
  // A lone surrogate has no UTF-8 form, so different keys would be the same bytes in Redis. JSON escapes it.
  const isPlain = typeof key === 'string' && key.isWellFormed();
  const text = isPlain ? `s${key}` : `j${JSON.stringify(canonical(key))}`;
  return Buffer.byteLength(text) <= MAX_KEY_BYTES ? text : `h${createHash('sha256').update(text).digest('hex')}`;
}

function canonical(value: unknown, depth = 0): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (depth > MAX_KEY_DEPTH)
    throw new CacheError('CACHE_KEY_INVALID', `The key is circular, or nested deeper than ${MAX_KEY_DEPTH} levels.`);
  // Array.from turns holes into undefined.
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
    `A key may contain strings, finite numbers, booleans, null, arrays and plain objects. This key contains ${describe(value)}.`,
  );
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`;
  // A prototype may have no constructor.
  const { constructor }: { readonly constructor?: unknown } = value;
  return typeof constructor === 'function' ? `a ${constructor.name}` : 'an object without a class';
}
