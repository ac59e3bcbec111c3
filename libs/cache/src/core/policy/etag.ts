import { hash } from 'node:crypto';

/** 132 bits, so that collisions are negligible. */
const DIGEST_LENGTH = 22;

/** RFC 9110 §8.8.3. Other characters would end the quotes or the header, or are invalid in a header. */
const OPAQUE = /^[\x21\x23-\x7e\x80-\xff]*$/;

export function isOpaqueTag(tag: unknown): tag is string {
  return typeof tag === 'string' && OPAQUE.test(tag);
}

/**
 * Returns the opaque part of the entity tag that a policy gives to a value, or `undefined` if there is none or it is invalid.
 * Never throws: `warn` receives the reason.
 */
export function opaqueTagOf<V>(
  policy: { readonly etag?: ((value: V) => string) | undefined },
  value: V,
  warn: (why: string) => void = () => {},
): string | undefined {
  try {
    const tag: unknown = policy.etag?.(value);
    if (tag === undefined || isOpaqueTag(tag)) return tag;
    throw new TypeError('`etag` must return a string without quotes, spaces and control characters');
  } catch (error) {
    warn(`a value is returned without the entity tag of its policy: ${String(error)}`);
    return undefined;
  }
}

/** Returns the field value of a weak entity tag computed from a text. A weak tag survives compression on the way. */
export function weakEtag(text: string): string {
  return `W/"${hash('sha256', text, 'base64url').slice(0, DIGEST_LENGTH)}"`;
}
