import { type HintedType, isObject, misfit, REVIVERS } from './revivers.js';

/** The keys from the root of a value to one of its parts. */
type Path = readonly (string | number)[];

/** Where a part is. Both lists change while the parts are visited, and are copied into hints only: most parts have none. */
interface Place {
  readonly path: (string | number)[];
  /** The objects that contain the part, also across a Map or a Set, whose content has paths of its own. */
  readonly parents: object[];
}

/** A part whose type JSON loses: its path, its type, and its content if the payload has none of it. */
export type TypeHint = readonly [path: Path, type: HintedType, content?: unknown, contentHints?: readonly TypeHint[]];

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
 * Returns a hint for each part of `value` whose type JSON loses, outermost first. `parents` are the objects that contain it.
 *
 * @throws {TypeError} if a part cannot be restored: a function, a symbol, an instance of another class, or an object that contains
 * itself.
 */
export function typeHintsOf(value: unknown, parents: object[] = []): readonly TypeHint[] {
  const hints: TypeHint[] = [];
  collect(value, { path: [], parents }, hints);
  return hints;
}

/**
 * Restores the types of the JSON value `plain`, which it may modify.
 *
 * @throws if the hints are malformed or do not fit the value: both come from outside this process.
 */
export function restoreTypes(plain: unknown, hints: unknown): unknown {
  const root: { value: unknown } = { value: plain };
  for (const [path, type, content, contentHints = []] of typeHintsIn(hints)) {
    const [parent, key] = placeOf(root, ['value', ...path], type);
    const value = REVIVERS[type](
      Object.getOwnPropertyDescriptor(parent, key)?.value,
      // Cloned, because the next reader uses the hints again.
      content === undefined ? undefined : restoreTypes(structuredClone(content), contentHints),
    );
    // Defined, not assigned: a key may be "__proto__".
    Object.defineProperty(parent, key, { value, writable: true, enumerable: true, configurable: true });
  }
  return root.value;
}

function collect(value: unknown, place: Place, hints: TypeHint[]): void {
  const { path } = place;
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return;
    case 'number':
      if (!Number.isFinite(value) || Object.is(value, -0))
        hints.push([[...path], 'number', Object.is(value, -0) ? '-0' : String(value)]);
      return;
    case 'object':
      if (value !== null) collectObject(value, place, hints);
      return;
    case 'undefined':
      hints.push([[...path], 'undefined']);
      return;
    case 'bigint':
      hints.push([[...path], 'bigint']);
      return;
    case 'function':
    case 'symbol':
      refuse(`a ${typeof value}`);
  }
}

function collectObject(value: object, place: Place, hints: TypeHint[]): void {
  const { path, parents } = place;
  // Otherwise the visit would end with the stack, after copying thousands of paths that grow.
  if (parents.includes(value)) refuse('an object that contains itself');
  parents.push(value);
  if (Array.isArray(value)) collectItems(value, place, hints);
  else if (isPlainObject(value)) {
    if (Object.getPrototypeOf(value) === null) hints.push([[...path], 'null']);
    if (Object.getOwnPropertySymbols(value).length > 0) refuse('an object with a member that a symbol names');
    for (const key of Object.keys(value)) {
      path.push(key);
      collect(value[key], place, hints);
      path.pop();
    }
  } else hints.push(hintOf(value, place));
  parents.pop();
}

function collectItems(items: readonly unknown[], place: Place, hints: TypeHint[]): void {
  if (!Array.isArray(Object.getPrototypeOf(items))) refuseInstance(items);
  if (Object.keys(items).length !== items.length) refuse('an array with holes or with members that have names');
  for (const [index, item] of items.entries()) {
    place.path.push(index);
    collect(item, place, hints);
    place.path.pop();
  }
}

/** Returns the hint of an instance of one of the classes that are restored. */
function hintOf(value: object, place: Place): TypeHint {
  const type = TYPE_OF.get(Object.getPrototypeOf(value)) ?? refuseInstance(value);
  const path = [...place.path];
  if (value instanceof Map || value instanceof Set) {
    const content: unknown[] = [...value];
    return [path, type, content, typeHintsOf(content, place.parents)];
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

/** Returns the object that contains the part, and the key of the part. */
function placeOf(root: object, path: Path, type: HintedType): readonly [object, string | number] {
  const key = path.at(-1) ?? '';
  const parent = path.slice(0, -1).reduce<unknown>((holder, step) => ownPart(holder, step), root);
  // JSON omits an undefined member of an object, but keeps its place in an array.
  if (!isObject(parent) || (!Object.hasOwn(parent, key) && (type !== 'undefined' || Array.isArray(parent)))) misfit();
  return [parent, key];
}

function ownPart(holder: unknown, key: string | number): unknown {
  return isObject(holder) && Object.hasOwn(holder, key)
    ? Object.getOwnPropertyDescriptor(holder, key)?.value
    : misfit();
}

function typeHintsIn(hints: unknown): readonly TypeHint[] {
  return Array.isArray(hints) && hints.every(isTypeHint) ? hints : misfit();
}

function isTypeHint(hint: unknown): hint is TypeHint {
  if (!Array.isArray(hint) || !Array.isArray(hint[0]) || typeof hint[1] !== 'string') return false;
  return (
    Object.hasOwn(REVIVERS, hint[1]) && hint[0].every((step) => typeof step === 'string' || typeof step === 'number')
  );
}
