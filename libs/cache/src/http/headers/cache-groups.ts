import { hash } from 'node:crypto';

/** More than that no cache has to read (RFC 9875 §2). */
const LONGEST = 32;
/** 132 bits: what two tags share by chance is no concern. */
const DIGEST_LENGTH = 22;

/** What a string of a structured field may hold (RFC 9651 §3.3.3). */
const PLAIN = /^[\x20-\x7e]*$/;

/**
 * Tags as a list of strings, for `Cache-Groups` and `Cache-Group-Invalidation` (RFC 9875 §2, §3); `undefined` when there is
 * nothing to tell. A tag that such a string cannot hold is left out, and one that is too long is told by its digest.
 */
export function cacheGroups(tags: Iterable<string>): string | undefined {
  const strings = [...tags]
    .filter((tag) => PLAIN.test(tag))
    .map((tag) => (tag.length <= LONGEST ? tag : hash('sha256', tag, 'base64url').slice(0, DIGEST_LENGTH)))
    .map((tag) => `"${tag.replaceAll(/["\\]/g, String.raw`\$&`)}"`);
  return strings.length > 0 ? strings.join(', ') : undefined;
}
