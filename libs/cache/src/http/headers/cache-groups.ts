import { hash } from 'node:crypto';

/** 132 bits: two tags do not share a digest by chance. */
const DIGEST_LENGTH = 22;

/** Caches need not support longer names (RFC 9875 §2), and strings of structured fields are printable ASCII (RFC 9651 §3.3.3). */
const PLAIN = /^[\x20-\x7e]{0,32}$/;

/**
 * Returns tags as a list of strings, for `Cache-Groups` and `Cache-Group-Invalidation` (RFC 9875 §2, §3); `undefined` for no tags.
 * Replaces a tag that is too long, or not printable ASCII, with its digest.
 */
export function cacheGroups(tags: Iterable<string>): string | undefined {
  const strings = [...tags]
    .map((tag) => (PLAIN.test(tag) ? tag : hash('sha256', tag, 'base64url').slice(0, DIGEST_LENGTH)))
    .map((tag) => `"${tag.replaceAll(/["\\]/g, String.raw`\$&`)}"`);
  return strings.length > 0 ? strings.join(', ') : undefined;
}
