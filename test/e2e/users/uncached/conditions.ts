import fc from 'fast-check';

/** The version that an entity tag names: the current one, the one before, or one that never existed. */
const speaksOf = ['now', 'before', 'never'] as const;

interface SentTag {
  readonly of: (typeof speaksOf)[number];
  readonly weak: boolean;
}

/** A whole `If-Match` or `If-None-Match`. In a malformed one, `now` is a placeholder for the current opaque tag. */
type Field = '*' | readonly SentTag[] | { readonly malformed: string };

export interface Conditions {
  readonly ifMatch?: Field;
  readonly ifNoneMatch?: Field;
}

/** The opaque tags of a resource; `undefined` if the test has not seen one. */
export interface KnownTags {
  readonly weak: boolean;
  readonly now: string | undefined;
  readonly before: string | undefined;
}

const tag: fc.Arbitrary<SentTag> = fc.record({ of: fc.constantFrom(...speaksOf, 'now'), weak: fc.boolean() });

const field: fc.Arbitrary<Field> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Field>('*') },
  { weight: 7, arbitrary: fc.array(tag, { minLength: 1, maxLength: 3 }) },
  {
    weight: 1,
    arbitrary: fc.record({
      malformed: fc.constantFrom('', 'now', '"now" "x"', '"x"now"', 'w/"now"', '*, "now"', '"now";'),
    }),
  },
);

export const conditions: fc.Arbitrary<Conditions> = fc.oneof(
  fc.constant<Conditions>({}),
  fc.record({ ifMatch: field }),
  fc.record({ ifNoneMatch: field }),
  fc.record({ ifMatch: field, ifNoneMatch: field }),
);

/** Returns the headers of the conditions. */
export function headersOf({ ifMatch, ifNoneMatch }: Conditions, tags: KnownTags): Record<string, string> {
  return {
    ...(ifMatch !== undefined && { 'if-match': textOf(ifMatch, tags) }),
    ...(ifNoneMatch !== undefined && { 'if-none-match': textOf(ifNoneMatch, tags) }),
  };
}

function textOf(said: Field, tags: KnownTags): string {
  if (said === '*') return said;
  if ('malformed' in said) return said.malformed.replace('now', tags.now ?? 'unknown');
  return said.map(({ of, weak }) => `${weak ? 'W/' : ''}"${opaque(of, tags) ?? 'unknown'}"`).join(', ');
}

function opaque(of: SentTag['of'], tags: KnownTags): string | undefined {
  return of === 'never' ? 'never' : tags[of];
}

/** Evaluates the conditions by RFC 9110 §13.2.2 for an existing resource. */
export function verdictOf({ ifMatch, ifNoneMatch }: Conditions, tags: KnownTags): 'proceed' | 'same' | 'other' {
  if (ifMatch !== undefined && !names(ifMatch, tags, 'strong')) return 'other';
  if (ifNoneMatch !== undefined && names(ifNoneMatch, tags, 'weak')) return 'same';
  return 'proceed';
}

/** Compares by RFC 9110 §8.8.3.2. A malformed field names no tag. */
function names(said: Field, tags: KnownTags, comparison: 'strong' | 'weak'): boolean {
  if (said === '*') return true;
  if ('malformed' in said || tags.now === undefined) return false;
  return said.some(({ of, weak }) => opaque(of, tags) === tags.now && (comparison === 'weak' || !(weak || tags.weak)));
}
