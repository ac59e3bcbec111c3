/** RFC 9110 §13.1.1: a list (§5.6.1) of entity tags (§8.8.3). */
const LIST = /^[ \t,]*(?:W\/)?"[^"]*"(?:[ \t]*,[ \t,]*(?:W\/)?"[^"]*")*[ \t,]*$/;

/**
 * The strong entity tags (RFC 9110 §8.8.3) of one kind of resource, each made of the resource's version. `shape` is part of
 * them: raise it when the JSON of the resource changes shape, so that no client keeps the old one.
 */
export class EntityTags {
  constructor(private readonly shape: number) {}

  /** The opaque part of the tag, without its quotes: `3-1`. */
  of(version: number): string {
    return `${version}-${this.shape}`;
  }

  /**
   * The versions an `If-Match` header accepts; `undefined`: any, as the header is absent or `*`.
   * Weak tags never match here (RFC 9110 §13.1.1), nor does a tag we did not make, nor what is no list of tags; so there may be
   * none.
   */
  accepted(ifMatch: string | undefined): readonly number[] | undefined {
    if (ifMatch === undefined || ifMatch.trim() === '*') return undefined;
    if (!LIST.test(ifMatch)) return [];
    const tags = ifMatch.matchAll(/(?<weak>W\/)?"(?<tag>[^"]*)"/g);
    return [...tags].flatMap(({ groups }) => (groups?.['weak'] ? [] : this.#versionOf(groups?.['tag'] ?? '')));
  }

  #versionOf(tag: string): number[] {
    // Nine digits fit PostgreSQL's integer.
    const version = /^(\d{1,9})-\d+$/.exec(tag)?.[1];
    return version !== undefined && tag === this.of(Number(version)) ? [Number(version)] : [];
  }
}
