/** The keys from the root of a value to one of its parts. */
type Path = readonly (string | number)[];

/** A part whose type JSON loses: its path, its type, and its content if the payload has none of it. */
export type TypeHint = readonly [path: Path, type: HintedType, content?: unknown, contentHints?: readonly TypeHint[]];

/** Rebuilds a part of a value from its JSON form `plain`, or from the `content` of its type hint. @throws if they do not fit. */
type Reviver = (plain: unknown, content: unknown) => unknown;

/** The types that JSON loses and that are restored. */
export type HintedType = keyof typeof REVIVERS;

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

const REVIVERS = {
  undefined: () => undefined,
  number: (_, content) => Number(content),
  // A number if the application serialises BigInt as a number.
  bigint: (plain) => BigInt(typeof plain === 'number' && Number.isSafeInteger(plain) ? plain : textIn(plain)),
  // An object without a prototype.
  null: (plain) => Object.setPrototypeOf(objectIn(plain), null),
  Date: (plain) => new Date(plain === null ? Number.NaN : textIn(plain)),
  URL: (plain) => new URL(textIn(plain)),
  RegExp: (_, content) => regExpIn(content),
  Map: (_, content) => new Map(listIn(content).map(pairIn)),
  Set: (_, content) => new Set(listIn(content)),
  Buffer: (plain) => Buffer.from(numbersIn(objectIn(plain)['data'])),
  Uint8Array: (plain) => Uint8Array.from(numbersIn(Object.values(objectIn(plain)))),
  Uint8ClampedArray: (_, content) => new Uint8ClampedArray(bytesIn(content)),
  Int8Array: (_, content) => new Int8Array(bytesIn(content)),
  Uint16Array: (_, content) => new Uint16Array(bytesIn(content)),
  Int16Array: (_, content) => new Int16Array(bytesIn(content)),
  Uint32Array: (_, content) => new Uint32Array(bytesIn(content)),
  Int32Array: (_, content) => new Int32Array(bytesIn(content)),
  Float32Array: (_, content) => new Float32Array(bytesIn(content)),
  Float64Array: (_, content) => new Float64Array(bytesIn(content)),
  BigUint64Array: (_, content) => new BigUint64Array(bytesIn(content)),
  BigInt64Array: (_, content) => new BigInt64Array(bytesIn(content)),
  DataView: (_, content) => new DataView(bytesIn(content)),
  ArrayBuffer: (_, content) => bytesIn(content),
} satisfies Readonly<Record<string, Reviver>>;

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

function misfit(): never {
  throw new TypeError('The type hints of a stored value do not fit its payload.');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function objectIn(value: unknown): Record<string, unknown> {
  return isObject(value) ? { ...value } : misfit();
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : misfit();
}

function listIn(value: unknown): unknown[] {
  return Array.isArray(value) ? value : misfit();
}

function pairIn(value: unknown): [unknown, unknown] {
  const [key, item, ...rest] = listIn(value);
  return rest.length === 0 ? [key, item] : misfit();
}

function numbersIn(value: unknown): number[] {
  return listIn(value).map((number) => (typeof number === 'number' ? number : misfit()));
}

/** Returns the bytes of a base64 text in a buffer of their own. */
function bytesIn(value: unknown): ArrayBuffer {
  return Uint8Array.from(Buffer.from(textIn(value), 'base64')).buffer;
}

function regExpIn(value: unknown): RegExp {
  const [source, flags, lastIndex] = listIn(value);
  return Object.assign(new RegExp(textIn(source), textIn(flags)), { lastIndex: Number(lastIndex) });
}
