import { hash } from 'node:crypto';

/** Caches need not support longer names of groups (RFC 9875 §2). */
const LONGEST = 32;
/** 132 bits: two tags do not share a digest by chance. */
const DIGEST_LENGTH = 22;

/** A string of a structured field contains printable ASCII only (RFC 9651 §3.3.3). */
const PLAIN = /^[\x20-\x7e]*$/;

/**
 * Returns tags as a list of strings, for `Cache-Groups` and `Cache-Group-Invalidation` (RFC 9875 §2, §3); `undefined` for no tags.
 * Omits tags that are not printable ASCII, and replaces a tag that is too long with its digest.
 */
export function cacheGroups(tags: Iterable<string>): string | undefined {
  const strings = [...tags]
    .filter((tag) => PLAIN.test(tag))
    .map((tag) => (tag.length <= LONGEST ? tag : hash('sha256', tag, 'base64url').slice(0, DIGEST_LENGTH)))
    .map((tag) => `"${tag.replaceAll(/["\\]/g, String.raw`\$&`)}"`);
  return strings.length > 0 ? strings.join(', ') : undefined;
}
