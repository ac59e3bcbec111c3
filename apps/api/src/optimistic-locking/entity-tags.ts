import { schemaFingerprint, type StandardSchema } from '@nuthatch/cache';

/** RFC 9110 §13.1.1: a list (§5.6.1) of entity tags (§8.8.3). */
const LIST = /^[ \t,]*(?:W\/)?"[^"]*"(?:[ \t]*,[ \t,]*(?:W\/)?"[^"]*")*[ \t,]*$/;

/**
 * Makes and reads the strong entity tags (RFC 9110 §8.8.3) of one kind of resource. A tag consists of the version of the resource and
 * of the fingerprint of its schema: when the JSON of the resource changes shape, clients replace their copies.
 */
export class EntityTags {
  readonly #fingerprint: string;

  /** @throws TypeError if the schema has no form in JSON Schema, and so no fingerprint. */
  constructor(schema: StandardSchema<unknown>) {
    const fingerprint = schemaFingerprint(schema);
    if (fingerprint === undefined) throw new TypeError('The schema has no form in JSON Schema. Use a schema of zod.');
    this.#fingerprint = fingerprint;
  }

  /** Returns the opaque part of the tag, without its quotes: `3-5d41402a`. */
  of(version: number): string {
    return `${version}-${this.#fingerprint}`;
  }

  /**
   * Returns the versions that an `If-Match` header accepts; `undefined`, any version, if it is absent or `*`. The list is empty when
   * nothing can match: weak tags never do (RFC 9110 §13.1.1), nor do foreign tags and malformed headers.
   */
  accepted(ifMatch: string | undefined): readonly number[] | undefined {
    if (ifMatch === undefined || ifMatch.trim() === '*') return undefined;
    if (!LIST.test(ifMatch)) return [];
    const tags = ifMatch.matchAll(/(?<weak>W\/)?"(?<tag>[^"]*)"/g);
    return [...tags].flatMap(({ groups }) => (groups?.['weak'] ? [] : this.#versionOf(groups?.['tag'] ?? '')));
  }

  #versionOf(tag: string): number[] {
    // Nine digits fit PostgreSQL's integer.
    const version = /^(\d{1,9})-/.exec(tag)?.[1];
    return version !== undefined && tag === this.of(Number(version)) ? [Number(version)] : [];
  }
}
