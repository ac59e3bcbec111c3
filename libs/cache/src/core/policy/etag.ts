import { hash } from 'node:crypto';

/** 132 bits: what two texts share by chance is no concern. */
const DIGEST_LENGTH = 22;

/** RFC 9110 §8.8.3. Anything else would end the quotes or the header, or is no header at all. */
const OPAQUE = /^[\x21\x23-\x7e\x80-\xff]*$/;

export function isOpaqueTag(tag: unknown): tag is string {
  return typeof tag === 'string' && OPAQUE.test(tag);
}

/**
 * The opaque part of the entity tag that a policy gives to a value; `undefined` where it gives none that can be sent. It never throws:
 * `warn` is told why there is none.
 */
export function opaqueTagOf<V>(
  policy: { readonly etag?: ((value: V) => string) | undefined },
  value: V,
  warn: (why: string) => void = () => {},
): string | undefined {
  try {
    const tag: unknown = policy.etag?.(value);
    if (tag === undefined || isOpaqueTag(tag)) return tag;
    throw new TypeError('its etag is no text, or has a quote, a space or another character that no entity tag has');
  } catch (error) {
    warn(`a value is handed out without the entity tag of its policy: ${String(error)}`);
    return undefined;
  }
}

/** The field value of a strong entity tag (RFC 9110 §8.8.3) with this opaque part. */
export function strongEtag(opaque: string): string {
  return `"${opaque}"`;
}

/** The field value of a weak entity tag that says which text it is. Weak: what compresses it on the way need not change it. */
export function weakEtag(text: string): string {
  return `W/"${hash('sha256', text, 'base64url').slice(0, DIGEST_LENGTH)}"`;
}
