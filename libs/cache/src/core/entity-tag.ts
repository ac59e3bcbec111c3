import { hash } from 'node:crypto';

/** 132 bits: what two texts share by chance is no concern. */
const DIGEST_LENGTH = 22;

/** The field value of a strong entity tag (RFC 9110 §8.8.3) with this opaque part. */
export function strongEtag(opaque: string): string {
  return `"${opaque}"`;
}

/** The field value of a weak entity tag that says which text it is. Weak: what compresses it on the way need not change it. */
export function weakEtag(text: string): string {
  return `W/"${hash('sha256', text, 'base64url').slice(0, DIGEST_LENGTH)}"`;
}
