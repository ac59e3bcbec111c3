/** What a string of a structured field may hold (RFC 9651 §3.3.3). */
const PLAIN = /^[\x20-\x7e]*$/;

/**
 * Tags as a list of strings, for `Cache-Groups` and `Cache-Group-Invalidation` (RFC 9875 §2, §3); `undefined` when there is
 * nothing to tell. A tag that such a string cannot hold is left out.
 */
export function cacheGroups(tags: Iterable<string>): string | undefined {
  const strings = [...tags]
    .filter((tag) => PLAIN.test(tag))
    .map((tag) => `"${tag.replaceAll(/["\\]/g, String.raw`\$&`)}"`);
  return strings.length > 0 ? strings.join(', ') : undefined;
}
