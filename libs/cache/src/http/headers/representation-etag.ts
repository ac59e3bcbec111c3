import { weakEtag } from '../../core/policy/etag.js';
import type { Answer } from '../../core/read-result.js';
import type { CachedRoute } from '../route/cached-route.js';

/** A held entry is answered again and again: its text is read once. */
const told = new WeakMap<Answer<unknown>, string>();

/**
 * The field value of `ETag` for what is sent as `text`.
 *
 * What a policy says of a value is its version, and two users may be at the same one. Where an address has several representations, a
 * tag that named them all would let a client keep that of somebody else (RFC 9110 §8.8.3): there it says besides which text it is.
 */
export function representationTag({ hasVariants }: CachedRoute, answer: Answer<unknown>, text: string): string {
  const { etag } = answer;
  if (etag === undefined) return weakEtag(text);
  // A weak one is made of the text.
  if (!hasVariants || etag.startsWith('W/')) return etag;
  const known = told.get(answer);
  if (known !== undefined) return known;
  const tag = `${etag.slice(0, -1)}.${weakEtag(text).slice('W/"'.length)}`;
  told.set(answer, tag);
  return tag;
}
