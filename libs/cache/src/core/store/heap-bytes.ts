const STRING_BYTES = 16;
const OBJECT_BYTES = 24;
const ARRAY_BYTES = 48;
const SLOT_BYTES = 8;
const DOUBLE_BYTES = 16;
/** Objects with more properties rarely share their names with others. */
const MOST_SHARED_NAMES = 32;
/** What a property takes in an object whose names are its own, besides its name and its value. */
const OWN_NAME_BYTES = 120;
const SMALL_INTEGER = 2 ** 31;

/** Matches characters that make a text take two bytes per character. On a text of one byte per character it fails at once. */
export const WIDE = /[\u0100-\uffff]/;

/** Returns the heap that a text takes in V8, in bytes. */
export function stringBytes(text: string): number {
  return STRING_BYTES + (WIDE.test(text) ? 2 : 1) * text.length;
}

/** Returns an equal text of its own. V8 makes a part of a text, or a joined one, of references to other texts, and keeps those. */
export function compact(text: string): string {
  const encoding = WIDE.test(text) ? 'utf16le' : 'latin1';
  return Buffer.from(text, encoding).toString(encoding);
}

/**
 * Freezes a value deeply. Returns the heap that it takes in V8, in bytes, or `NaN` if it has a part that cannot be frozen: only plain
 * objects and arrays have no state besides their properties.
 */
export function frozenBytes(value: unknown): number {
  if (typeof value === 'string') return stringBytes(value);
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) < SMALL_INTEGER ? 0 : DOUBLE_BYTES;
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return 0;
  const isArray = Array.isArray(value);
  if (!isArray) {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) return Number.NaN;
  }
  Object.freeze(value);
  const parts: unknown[] = isArray ? value : Object.values(value);
  let bytes = (isArray ? ARRAY_BYTES : OBJECT_BYTES) + SLOT_BYTES * parts.length;
  if (!isArray && parts.length > MOST_SHARED_NAMES) bytes += namesBytes(value);
  for (const part of parts) bytes += frozenBytes(part);
  return bytes;
}

function namesBytes(value: object): number {
  return Object.keys(value).reduce((bytes, name) => bytes + OWN_NAME_BYTES + stringBytes(name), 0);
}
