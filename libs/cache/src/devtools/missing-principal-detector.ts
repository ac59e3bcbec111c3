import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import type { CacheObserver } from '../core/observe/observer.js';
import type { RecordRef } from '../core/store/redis-keys.js';
import { Memo } from '../core/store/memo.js';
import type { CapturedTag } from '../core/store/record-format.js';

const MAX_RECORDS = 2_000;
const MAX_REQUESTERS = 8;

/** The payloads loaded into a record since its last invalidation: digests of payloads, by digests of requesters. */
interface Fills {
  readonly tags: string;
  readonly payloads: Map<string, string>;
}

/**
 * Reports, in development, a cache whose loader depends on the requester while its key does not contain the requester. Such a
 * cache returns one user's value to another.
 *
 * Different payloads for two requesters prove nothing, because the origin may have changed in between. The cache is reported once
 * the first requester gets its first payload again, without an invalidation in between.
 */
export class MissingPrincipalDetector implements CacheObserver {
  /** Returns the requester on whose behalf the present code runs. Only a load calls it, and a digest of the text is kept. */
  readonly requester = new AsyncLocalStorage<() => string>();
  readonly #reported = new Set<string>();
  #fills = new Memo<Fills>(MAX_RECORDS);

  constructor(private readonly warn: (message: string) => void) {}

  /** Records that a load for the current requester has stored this payload. */
  stored({ cache, key }: RecordRef, payload: string, tagVersions: readonly CapturedTag[]): void {
    const requesterOf = this.requester.getStore();
    if (requesterOf === undefined || this.#reported.has(cache)) return;
    const requester = digest(requesterOf());
    const payloadDigest = digest(payload);
    const tags = String(tagVersions);
    const known = this.#fills.get(key);
    const payloads = known?.tags === tags ? known.payloads : new Map<string, string>();
    const former = payloads.get(requester);
    if (former === payloadDigest && hasOther([...payloads], requester, payloadDigest)) this.#report(cache);
    // The value changes on its own, so the earlier payloads of other requesters prove nothing.
    if ((former !== undefined && former !== payloadDigest) || payloads.size >= MAX_REQUESTERS) payloads.clear();
    payloads.set(requester, payloadDigest);
    this.#fills.set(key, { tags, payloads });
  }

  /** Forgets the payloads of a record: after a write, the next load may differ for every requester. */
  invalidated(recordKey: string): void {
    this.#fills.get(recordKey)?.payloads.clear();
  }

  /** Forgets all payloads: invalidations may have been lost. */
  invalidatedAll(): void {
    this.#fills = new Memo<Fills>(MAX_RECORDS);
  }

  #report(cache: string): void {
    this.#reported.add(cache);
    this.warn(
      `Cache "${cache}": the value of one of its keys depends on the requester, so one user gets the value of another. Add the requester to the key, or do not cache such values.`,
    );
  }
}

/** Whether another requester has got a different payload since this requester got its payload. */
function hasOther(payloads: readonly (readonly [string, string])[], requester: string, payloadDigest: string): boolean {
  const since = payloads.findIndex(([other]) => other === requester);
  return payloads.slice(since).some(([, otherDigest]) => otherDigest !== payloadDigest);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
