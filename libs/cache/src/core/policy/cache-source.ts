/** One table whose rows the entries of a cache are made of. The triggers of the outbox are generated from it. */
export interface CacheSource {
  /** The name of the table, with its schema unless the search path has it: `users`, `shop.users`. As PostgreSQL stores it. */
  readonly table: string;
  /**
   * The column that holds the key of the entry. The `key` schema of the policy receives its text and, if that is a number or a boolean,
   * also the number or the boolean. A value that the schema rejects in each form invalidates the whole cache.
   * @default no column: a changed row names no single entry
   */
  readonly key?: string;
  /**
   * The tags that a changed row invalidates. The name of a column in braces is replaced by its text: `users.{id}`. Without a key and without tags, a
   * changed row invalidates the whole cache.
   * @default none
   */
  readonly tags?: readonly string[];
}

/** One part of a tag: fixed text, or the text of a column. */
export type TagPart = { readonly text: string } | { readonly column: string };

/** Without quotes, letters of other alphabets and dots, so that a name means the same in SQL and in a template. */
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;
const IDENTIFIER_RULE = '1 to 63 letters, digits or underscores';

/** Returns the parts of a tag, or `undefined` if a brace is not around the name of a column. */
export function tagParts(template: string): readonly TagPart[] | undefined {
  const parts: TagPart[] = [];
  // Texts are at the even places, columns at the odd ones.
  for (const [place, part] of template.split(/\{([^{}]*)\}/).entries()) {
    if (place % 2 === 0 ? /[{}]/.test(part) : !IDENTIFIER.test(part)) return undefined;
    if (part !== '') parts.push(place % 2 === 0 ? { text: part } : { column: part });
  }
  return parts.length > 0 ? parts : undefined;
}

/** Returns what is wrong with the sources of a policy, each with what to write instead. */
export function sourceProblems(sources: readonly CacheSource[]): string[] {
  return sources.flatMap(({ table, key, tags = [] }) => {
    const names = table.split('.');
    const isTable = names.length <= 2 && names.every((name) => IDENTIFIER.test(name));
    return [
      ...(isTable ? [] : [`from.table "${table}": write table or schema.table, each with ${IDENTIFIER_RULE}`]),
      ...(key === undefined || IDENTIFIER.test(key)
        ? []
        : [
            `from.key "${key}": write the name of one column, ${IDENTIFIER_RULE}. The key schema may change its letter case`,
          ]),
      ...tags
        .filter((tag) => tagParts(tag) === undefined)
        .map(
          (tag) =>
            `from.tags "${tag}": write text with columns in braces, such as 'users.{id}'. Expressions are not supported`,
        ),
    ];
  });
}
