import type { Fault } from '../problems/problem-error.js';

/** A body can have 1,000 unknown keys. An answer must not be larger than its request. */
const most = 100;

/** A key outside ASCII is three times as long in a URI fragment. */
const longestKey = 200;

/** An issue of a Standard Schema. zod adds a `code`. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

export interface Judged {
  readonly value: unknown;
  /** The name of a single parameter, such as `id`. Undefined for a whole body or query. */
  readonly name: string | undefined;
}

/** Returns one fault per issue, each with a pointer (RFC 6901 §6). */
export function faultsOf(issues: readonly SchemaIssue[], { value, name }: Judged): Fault[] {
  const root = name === undefined ? [] : [name];
  const faults: Fault[] = [];
  let rest = 0;
  for (const issue of issues) {
    const room = most - faults.length;
    const unknown = unknownKeys(issue);
    rest += Math.max(0, (unknown?.length ?? 1) - room);
    if (room === 0) continue;
    const path = (issue.path ?? []).map((segment) => (typeof segment === 'object' ? segment.key : segment));
    if (unknown) {
      faults.push(...unknown.slice(0, room).map((key) => unknownField([...root, ...path, String(key)])));
    } else {
      const missing = isMissing(value, path);
      const detail = missing ? 'Required.' : issue.message;
      faults.push({ pointer: pointer([...root, ...path]), detail, code: missing ? 'required' : codeOf(issue) });
    }
  }
  return rest === 0
    ? faults
    : [...faults, { pointer: '#', detail: `${rest} more faults are not listed.`, code: 'more' }];
}

/** Escapes `/` and `~` for the pointer (RFC 6901 §3), and other characters for the URI fragment (§6). */
export function pointer(path: readonly PropertyKey[]): string {
  return ['#', ...path.map((key) => encode(String(key).replaceAll('~', '~0').replaceAll('/', '~1')))].join('/');
}

function encode(key: string): string {
  const shown = key.length > longestKey ? `${key.slice(0, longestKey)}…` : key;
  return encodeURIComponent(shown.toWellFormed());
}

function unknownField(path: readonly PropertyKey[]): Fault {
  return { pointer: pointer(path), detail: 'Unknown field.', code: 'unknown-field' };
}

/** Returns the unknown keys of an object, which zod reports in one issue. */
function unknownKeys(issue: SchemaIssue): readonly unknown[] | undefined {
  if (!('code' in issue && issue.code === 'unrecognized_keys' && 'keys' in issue)) return undefined;
  return Array.isArray(issue.keys) ? issue.keys : undefined;
}

/** Returns the code of an issue. A refinement can name its own code in `params`. */
function codeOf(issue: SchemaIssue): string {
  const own = 'params' in issue && isRecord(issue.params) ? issue.params['code'] : undefined;
  if (typeof own === 'string') return own;
  return 'code' in issue && typeof issue.code === 'string' ? issue.code.replaceAll('_', '-') : 'invalid';
}

/** Whether the value is absent. A value that a schema derives from a text, such as a list, has members that the text lacks. */
function isMissing(value: unknown, path: readonly PropertyKey[]): boolean {
  return at(value, path) === undefined && (path.length === 0 || isRecord(at(value, path.slice(0, -1))));
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (isRecord(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined),
    value,
  );
}

function isRecord(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null;
}
