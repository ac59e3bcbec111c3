/** The keys from the root of a value to one of its parts. */
type Path = readonly (string | number)[];

/** A part whose type JSON loses: its path, its type, and its content if the payload has none of it. */
export type TypeHint = readonly [path: Path, type: HintedType, content?: unknown, contentHints?: readonly TypeHint[]];

type HintedType = keyof typeof REVIVERS;

/** Rebuilds a part from its JSON form, or from the content of its hint. */
const REVIVERS = {
  undefined: () => undefined,
  number: (_: unknown, content: unknown) => Number(content),
  // A number if the application serialises BigInt as a number.
  bigint: (plain: unknown) => BigInt(typeof plain === 'number' && Number.isSafeInteger(plain) ? plain : textIn(plain)),
  Date: (plain: unknown) => new Date(plain === null ? Number.NaN : textIn(plain)),
  Map: (_: unknown, content: unknown) => new Map(listIn(content).map(pairIn)),
  Set: (_: unknown, content: unknown) => new Set(listIn(content)),
  Buffer: (plain: unknown) => Buffer.from(bytesIn(objectIn(plain)['data'])),
  Uint8Array: (plain: unknown) => Uint8Array.from(bytesIn(Object.values(objectIn(plain)))),
};

/** Returns a hint for each part of `value` whose type JSON loses, outermost first. */
export function typeHintsOf(value: unknown): readonly TypeHint[] {
  const hints: TypeHint[] = [];
  collect(value, [], hints);
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

function collect(value: unknown, path: Path, hints: TypeHint[]): void {
  if (typeof value === 'bigint') hints.push([path, 'bigint']);
  else if (value === undefined) hints.push([path, 'undefined']);
  else if (typeof value === 'number') {
    if (!Number.isFinite(value) || Object.is(value, -0))
      hints.push([path, 'number', Object.is(value, -0) ? '-0' : String(value)]);
  } else if (typeof value === 'object' && value !== null) collectObject(value, path, hints);
}

function collectObject(value: object, path: Path, hints: TypeHint[]): void {
  if (value instanceof Date) hints.push([path, 'Date']);
  else if (value instanceof Map || value instanceof Set) {
    const content: unknown[] = [...value];
    hints.push([path, value instanceof Map ? 'Map' : 'Set', content, typeHintsOf(content)]);
  } else if (Buffer.isBuffer(value)) hints.push([path, 'Buffer']);
  else if (value instanceof Uint8Array) hints.push([path, 'Uint8Array']);
  else if ('toJSON' in value && typeof value.toJSON === 'function') collect(value.toJSON(), path, hints);
  else if (Array.isArray(value)) value.forEach((part, index) => collect(part, [...path, index], hints));
  else for (const [key, part] of Object.entries(value)) collect(part, [...path, key], hints);
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

function bytesIn(value: unknown): number[] {
  return listIn(value).map((byte) => (typeof byte === 'number' ? byte : misfit()));
}

function misfit(): never {
  throw new TypeError('The type hints of a stored value do not fit its payload.');
}
