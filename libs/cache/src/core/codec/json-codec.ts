import type { Codec, Encoded } from './codec.js';
import { type HintedType, restoreTypes, type TypeHint } from './restore-types.js';

/** Encodes with `JSON.stringify`, so the payload is ready to be a response body. Type hints restore what JSON loses. */
export const jsonCodec: Codec = {
  name: 'json',
  form: 'text',

  encode(value: unknown): Encoded {
    const hints = typeHintsOf(value);
    // A replacer makes JSON.stringify several times slower, so only values with a bigint have one.
    const replacer = hints.some(([, type]) => BIGINTS.has(type)) ? bigintToText : undefined;
    const payload = textOf(value, JSON.stringify(value, replacer));
    return hints.length > 0 ? { payload, types: JSON.parse(JSON.stringify(hints, bigintToText)) } : { payload };
  },

  decode({ payload, types }: Encoded): unknown {
    const plain: unknown = JSON.parse(payload);
    return types === undefined ? plain : restoreTypes(plain, types);
  },
};

const BIGINTS: ReadonlySet<HintedType> = new Set(['bigint', 'BigInt64Array', 'BigUint64Array']);

/** Returns the JSON text of any value, with each bigint as a text. @throws {TypeError} if it has none. */
export function jsonText(value: unknown): string {
  try {
    return textOf(value, JSON.stringify(value));
  } catch {
    return textOf(value, JSON.stringify(value, bigintToText));
  }
}

/** Returns the value unchanged if JSON restores it or cannot represent it, else the value that its JSON text represents. */
export function asJsonSays(value: unknown): unknown {
  try {
    typeHintsOf(value);
    return value;
  } catch {
    try {
      return JSON.parse(jsonText(value));
    } catch {
      return value;
    }
  }
}

function textOf(value: unknown, text: string | undefined): string {
  if (text === undefined) throw new TypeError(`A value of the type ${typeof value} has no JSON text.`);
  return text;
}

function bigintToText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

/** Where a part is. Both lists change while the parts are visited, and are copied into hints only: most parts have none. */
interface Place {
  readonly path: (string | number)[];
  /** The objects that contain the part, also across a Map or a Set, whose content has paths of its own. */
  readonly parents: object[];
}

/** The classes whose instances are restored. An instance of a subclass is not. */
const CLASSES: readonly (readonly [HintedType, { readonly prototype: object }])[] = [
  ['Date', Date],
  ['URL', URL],
  ['RegExp', RegExp],
  ['Map', Map],
  ['Set', Set],
  ['Buffer', Buffer],
  ['Uint8Array', Uint8Array],
  ['Uint8ClampedArray', Uint8ClampedArray],
  ['Int8Array', Int8Array],
  ['Uint16Array', Uint16Array],
  ['Int16Array', Int16Array],
  ['Uint32Array', Uint32Array],
  ['Int32Array', Int32Array],
  ['Float32Array', Float32Array],
  ['Float64Array', Float64Array],
  ['BigUint64Array', BigUint64Array],
  ['BigInt64Array', BigInt64Array],
  ['DataView', DataView],
  ['ArrayBuffer', ArrayBuffer],
];
const TYPE_OF = new Map<unknown, HintedType>(CLASSES.map(([type, { prototype }]) => [prototype, type]));

/**
 * Returns a hint for each part of `value` whose type JSON loses, outermost first. The visit of a part adds to the hints of the value.
 *
 * @throws {TypeError} if a part cannot be restored: a function, a symbol, an instance of another class, or an object that contains
 * itself.
 */
function typeHintsOf(
  value: unknown,
  place: Place = { path: [], parents: [] },
  hints: TypeHint[] = [],
): readonly TypeHint[] {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      break;
    case 'number':
      if (!Number.isFinite(value) || Object.is(value, -0))
        hints.push([[...place.path], 'number', Object.is(value, -0) ? '-0' : String(value)]);
      break;
    case 'object':
      if (value !== null) visitObject(value, place, hints);
      break;
    case 'undefined':
      hints.push([[...place.path], 'undefined']);
      break;
    case 'bigint':
      hints.push([[...place.path], 'bigint']);
      break;
    case 'function':
    case 'symbol':
      refuse(`a ${typeof value}`);
  }
  return hints;
}

function visitObject(value: object, place: Place, hints: TypeHint[]): void {
  const { path, parents } = place;
  // Otherwise the visit would end with the stack, after copying thousands of paths that grow.
  if (parents.includes(value)) refuse('an object that contains itself');
  parents.push(value);
  if (Array.isArray(value)) visitItems(value, place, hints);
  else if (isPlainObject(value)) {
    if (Object.getPrototypeOf(value) === null) hints.push([[...path], 'null']);
    if (Object.getOwnPropertySymbols(value).length > 0) refuse('an object with a member that a symbol names');
    for (const key of Object.keys(value)) {
      path.push(key);
      typeHintsOf(value[key], place, hints);
      path.pop();
    }
  } else hints.push(hintOf(value, place));
  parents.pop();
}

function visitItems(items: readonly unknown[], place: Place, hints: TypeHint[]): void {
  if (!Array.isArray(Object.getPrototypeOf(items))) refuseInstance(items);
  if (Object.keys(items).length !== items.length) refuse('an array with holes or with members that have names');
  for (const [index, item] of items.entries()) {
    place.path.push(index);
    typeHintsOf(item, place, hints);
    place.path.pop();
  }
}

/** Returns the hint of an instance of one of the classes that are restored. */
function hintOf(value: object, place: Place): TypeHint {
  const type = TYPE_OF.get(Object.getPrototypeOf(value)) ?? refuseInstance(value);
  const path = [...place.path];
  if (value instanceof Map || value instanceof Set) {
    const content: unknown[] = [...value];
    return [path, type, content, typeHintsOf(content, { path: [], parents: place.parents })];
  }
  if (value instanceof RegExp) return [path, type, [value.source, value.flags, value.lastIndex]];
  if (value instanceof ArrayBuffer) return [path, type, Buffer.from(value).toString('base64')];
  // The payload of a Uint8Array and of a Buffer has their bytes.
  if (!ArrayBuffer.isView(value) || value instanceof Uint8Array) return [path, type];
  return [path, type, Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')];
}

/** Whether the prototype is none, or `Object.prototype` of any realm. Test runners that isolate with `node:vm` have several. */
function isPlainObject(value: object): value is Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Names the class and no part of the value: the message is logged. */
function refuseInstance({ constructor }: object): never {
  refuse(`an instance of ${typeof constructor === 'function' ? constructor.name : 'an unknown class'}`);
}

function refuse(part: string): never {
  throw new TypeError(`JSON does not restore ${part}. Return plain objects and arrays, or set the option "codec".`);
}
