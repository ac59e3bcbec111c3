import { hash } from 'node:crypto';
import type { InvalidationBatch } from '../coherence/pending-invalidations.js';
import { type ClientSession, LoadContext } from './load-context.js';

const DIGEST_BYTES = 8;
/** Eight bytes as Base64url. */
const DIGEST_LENGTH = 11;
/** A longer token would not fit the limits of some proxies. */
const MAX_DIGESTS = 32;
/** The digest of no name. */
const EVERYTHING = 'A'.repeat(DIGEST_LENGTH);
const MAX_TOKEN_LENGTH = Math.ceil((MAX_DIGESTS * DIGEST_BYTES * 4) / 3);
const BASE64URL = /^[\w-]+$/;
const NO_BYTES = Buffer.alloc(0);

/**
 * The writes of one client. Reads in a session are not older than these writes, on any instance: the guarantees "read your writes"
 * and "monotonic reads" of sessions (Terry et al., PDIS 1994). Only reads of what was written are strong; all others may use L1.
 *
 * The token carries a session to another instance. It has the digests of what was written, and neither a clock nor a key. It may be
 * forgotten after `maxStaleness`: then every instance has received the messages of the writes, or reads no L1.
 *
 * @example
 * const session = caches.session();
 * await session.run(() => users.rename(id, 'Grace'));
 * // In another process:
 * await otherCaches.session(session.token).run(() => users.find(id)); // Grace
 */
export class CacheSession implements ClientSession {
  readonly #digests = new Set<string>();
  readonly #tags = new Set<string>();
  readonly #onWrite: ((session: CacheSession) => void) | undefined;

  /**
   * Continues the session of a token. A text that is no token covers everything: a strong read costs a round trip, and an old value
   * would break the promise. `onWrite` is called after each successful write.
   */
  constructor(token?: string, onWrite?: (session: CacheSession) => void) {
    this.#onWrite = onWrite;
    for (const digest of token === undefined ? [] : digestsOf(token)) this.#digests.add(digest);
  }

  /** Creates a session in which every read is strong. */
  static strong(onWrite?: (session: CacheSession) => void): CacheSession {
    return new CacheSession('', onWrite);
  }

  /** Runs `work` in the session: its writes join the session, and its reads are not older than them. */
  run<T>(work: () => T): T {
    return LoadContext.inSession(this, work);
  }

  /** The token of the session, of at most 342 characters of Base64url; `undefined` while it has no writes. */
  get token(): string | undefined {
    if (this.#digests.size === 0) return undefined;
    const all = this.#digests.size > MAX_DIGESTS || this.#digests.has(EVERYTHING) ? [EVERYTHING] : [...this.#digests];
    return Buffer.concat(all.map((digest) => Buffer.from(digest, 'base64url'))).toString('base64url');
  }

  /** The tags that the writes of the session invalidated, as the policies name them. */
  get tags(): ReadonlySet<string> {
    return this.#tags;
  }

  hasWritten(recordKey: string, tags: readonly string[]): boolean {
    if (this.#digests.size === 0) return false;
    if (this.#digests.size > MAX_DIGESTS || this.#digests.has(EVERYTHING)) return true;
    return this.#digests.has(digestOf(recordKey)) || tags.some((tag) => this.#digests.has(digestOf(tag)));
  }

  names(tags: readonly string[]): void {
    for (const tag of tags) this.#tags.add(tag);
  }

  wrote({ recordKeys, tags }: InvalidationBatch): void {
    for (const name of [...recordKeys, ...tags]) this.#digests.add(digestOf(name));
    this.#onWrite?.(this);
  }
}

function digestOf(name: string): string {
  return hash('sha256', name, 'buffer').subarray(0, DIGEST_BYTES).toString('base64url');
}

function digestsOf(token: string): string[] {
  // A header that comes twice is one list (RFC 9110 §5.3).
  return token.split(/ *, */).flatMap((part) => {
    const bytes = part.length <= MAX_TOKEN_LENGTH && BASE64URL.test(part) ? Buffer.from(part, 'base64url') : NO_BYTES;
    if (bytes.length === 0 || bytes.length % DIGEST_BYTES !== 0) return EVERYTHING;
    return Array.from({ length: bytes.length / DIGEST_BYTES }, (_, place) =>
      bytes.subarray(place * DIGEST_BYTES, (place + 1) * DIGEST_BYTES).toString('base64url'),
    );
  });
}
