import { createHmac } from 'node:crypto';

/** 132 bits: two names do not share a digest by chance. */
const DIGEST_LENGTH = 22;

/**
 * Returns the function that makes names for a CDN from the keys of records and tags. With a secret, a name is a digest that reveals
 * nothing; without one, it is the key itself, with the characters escaped that separate names in a header.
 */
export function edgeNames(secret: string | undefined): (recordKey: string) => string {
  if (secret === undefined) return (recordKey) => encodeURIComponent(recordKey.toWellFormed());
  return (recordKey) => createHmac('sha256', secret).update(recordKey).digest('base64url').slice(0, DIGEST_LENGTH);
}
