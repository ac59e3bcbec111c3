import { weakEtag } from '../../core/policy/etag.js';
import type { Answer } from '../../core/read-result.js';
import type { CachedRoute } from '../route/cached-route.js';

/**
 * How long before its load a value must have changed to get a `Last-Modified`, in milliseconds. The header has a resolution of one
 * second, so it would hide a second change within that second (RFC 9110 §8.8.2.2). The database's clock also differs from ours.
 */
const SETTLED_MS = 5_000;
/** Memoises the tag of an entry in memory, which is answered many times, so that its text is hashed once. */
const memo = new WeakMap<Answer<unknown>, string>();

/**
 * Returns the field value of `ETag` for an answer that is sent as `text`.
 *
 * A policy's `etag` is the version of a value, and the values of two users may have equal versions. If an address has variants, one tag
 * for all of them would let a client keep the variant of another user (RFC 9110 §8.8.3), so a digest of the text is appended.
 */
export function representationTag({ hasVariants }: CachedRoute, answer: Answer<unknown>, text: string): string {
  const { etag } = answer;
  if (etag === undefined) return weakEtag(text);
  // A weak tag is a digest of the text already.
  if (!hasVariants || etag.startsWith('W/')) return etag;
  const known = memo.get(answer);
  if (known !== undefined) return known;
  const tag = `${etag.slice(0, -1)}.${weakEtag(text).slice('W/"'.length)}`;
  memo.set(answer, tag);
  return tag;
}

/** Returns when a value last changed, in whole seconds as milliseconds since 1970; `undefined` for an invalid or too recent date. */
export function lastModified(changedAt: Date | string, loadedAt: number): number | undefined {
  const second = Math.floor(new Date(changedAt).getTime() / 1_000) * 1_000;
  return loadedAt - second >= SETTLED_MS ? second : undefined;
}
