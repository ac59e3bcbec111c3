/** A user as the API, the cache and the repository know it: JSON-safe, so that what is stored is what is sent. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Part of the entity tag: raise it when the JSON of a user changes shape, so that no client keeps the old one. */
const schemaVersion = 1;

/** The opaque part of a user's strong ETag (RFC 9110 §8.8.3), without its quotes: `3-1`. */
export function entityTag(version: number): string {
  return `${version}-${schemaVersion}`;
}

/**
 * The versions an `If-Match` header accepts; `undefined`: any, as the header is absent or `*`.
 * Weak tags never match here (RFC 9110 §13.1.1), nor does a tag we did not make; so the list may be empty.
 */
export function acceptedVersions(ifMatch: string | undefined): readonly number[] | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined;
  const tags = ifMatch.matchAll(/(?<weak>W\/)?"(?<tag>[^"]*)"/g);
  return [...tags].flatMap(({ groups }) => (groups?.['weak'] ? [] : versionOf(groups?.['tag'] ?? '')));
}

function versionOf(tag: string): number[] {
  // Nine digits fit PostgreSQL's integer.
  const version = /^(\d{1,9})-\d+$/.exec(tag)?.[1];
  return version !== undefined && tag === entityTag(Number(version)) ? [Number(version)] : [];
}
