/** The way from the root of a value to a part of it. */
type Path = readonly (string | number)[];

/** A part that JSON loses: where it stands, what it is, and its content where the payload has none of it. */
export type TypeHint = readonly [path: Path, type: HintedType, content?: unknown, contentMarks?: readonly TypeHint[]];

type HintedType = keyof typeof REVIVERS;

/** Makes each part anew of what `JSON.stringify` left of it, or of the content of its mark. */
const REVIVERS = {
  undefined: () => undefined,
  number: (_: unknown, content: unknown) => Number(content),
  // A number where an application has taught BigInt to be one in JSON.
  bigint: (plain: unknown) => BigInt(typeof plain === 'number' && Number.isSafeInteger(plain) ? plain : textIn(plain)),
  Date: (plain: unknown) => new Date(plain === null ? Number.NaN : textIn(plain)),
  Map: (_: unknown, content: unknown) => new Map(listIn(content).map(pairIn)),
  Set: (_: unknown, content: unknown) => new Set(listIn(content)),
  Buffer: (plain: unknown) => Buffer.from(bytesIn(objectIn(plain)['data'])),
  Uint8Array: (plain: unknown) => Uint8Array.from(bytesIn(Object.values(objectIn(plain)))),
};

/** Every part of `value` that JSON loses, outermost first. */
export function typeHintsOf(value: unknown): readonly TypeHint[] {
  const marks: TypeHint[] = [];
  collect(value, [], marks);
  return marks;
}

/**
 * The value whose JSON form is `plain`, which it makes use of.
 *
 * @throws when the marks are none, or do not fit the form: they come from outside this process.
 */
export function restoreTypes(plain: unknown, marks: unknown): unknown {
  const root: { value: unknown } = { value: plain };
  for (const [path, type, content, contentMarks = []] of typeHintsIn(marks)) {
    const [parent, key] = placeOf(root, ['value', ...path], type);
    const value = REVIVERS[type](
      Object.getOwnPropertyDescriptor(parent, key)?.value,
      // The marks are kept for the next reader.
      content === undefined ? undefined : restoreTypes(structuredClone(content), contentMarks),
    );
    // Defined, not assigned: a key may be "__proto__".
    Object.defineProperty(parent, key, { value, writable: true, enumerable: true, configurable: true });
  }
  return root.value;
}

function collect(value: unknown, path: Path, marks: TypeHint[]): void {
  if (typeof value === 'bigint') marks.push([path, 'bigint']);
  else if (value === undefined) marks.push([path, 'undefined']);
  else if (typeof value === 'number') {
    if (!Number.isFinite(value) || Object.is(value, -0))
      marks.push([path, 'number', Object.is(value, -0) ? '-0' : String(value)]);
  } else if (typeof value === 'object' && value !== null) collectObject(value, path, marks);
}

function collectObject(value: object, path: Path, marks: TypeHint[]): void {
  if (value instanceof Date) marks.push([path, 'Date']);
  else if (value instanceof Map || value instanceof Set) {
    const content: unknown[] = [...value];
    marks.push([path, value instanceof Map ? 'Map' : 'Set', content, typeHintsOf(content)]);
  } else if (Buffer.isBuffer(value)) marks.push([path, 'Buffer']);
  else if (value instanceof Uint8Array) marks.push([path, 'Uint8Array']);
  else if ('toJSON' in value && typeof value.toJSON === 'function') collect(value.toJSON(), path, marks);
  else if (Array.isArray(value)) value.forEach((part, index) => collect(part, [...path, index], marks));
  else for (const [key, part] of Object.entries(value)) collect(part, [...path, key], marks);
}

/** The object that holds the part, and the key it stands under. */
function placeOf(root: object, path: Path, type: HintedType): readonly [object, string | number] {
  const key = path.at(-1) ?? '';
  const parent = path.slice(0, -1).reduce<unknown>((holder, step) => ownPart(holder, step), root);
  // JSON leaves out what is undefined, but for its place in a list.
  if (!isObject(parent) || (!Object.hasOwn(parent, key) && (type !== 'undefined' || Array.isArray(parent)))) misfit();
  return [parent, key];
}

function ownPart(holder: unknown, key: string | number): unknown {
  return isObject(holder) && Object.hasOwn(holder, key)
    ? Object.getOwnPropertyDescriptor(holder, key)?.value
    : misfit();
}

function typeHintsIn(marks: unknown): readonly TypeHint[] {
  return Array.isArray(marks) && marks.every(isTypeHint) ? marks : misfit();
}

function isTypeHint(mark: unknown): mark is TypeHint {
  if (!Array.isArray(mark) || !Array.isArray(mark[0]) || typeof mark[1] !== 'string') return false;
  return (
    Object.hasOwn(REVIVERS, mark[1]) && mark[0].every((step) => typeof step === 'string' || typeof step === 'number')
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
  throw new TypeError('The types of a stored value do not fit its payload.');
}
