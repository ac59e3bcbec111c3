/** The outcome of a read, from a closed set. It is a label of metrics and logs. */
export type ReadStatus = 'hit' | 'miss' | 'stale' | 'negative' | 'bypass' | 'error';

/** Why a result is stale, or bypassed the cache. */
export type ReadDetail =
  'stale-while-revalidate' | 'stale-if-error' | 'write-intent' | 'unavailable' | 'pending' | 'within-write';

/** How a call of a loader ended. The error of a `refused` one has a `status` from 400 to 499. */
export type LoadOutcome = 'loaded' | 'refused' | 'failed' | 'timed-out';

/**
 * Why a loaded value was not stored: its payload is too large; the connection or the server changed since its lease; the store
 * did not reply in time; or its lease was lost to a write, or expired because the load took too long.
 */
export type NotStoredReason = 'too-large' | 'reconnected' | 'unavailable' | 'overtaken';

/**
 * Why a read loaded its value:
 *
 * - `never-stored`: this process has not seen the entry before
 * - `expired`: the time of the entry was over
 * - `tag-invalidated`, `key-invalidated`: a write or an invalidation
 * - `evicted`: Redis dropped the entry before its time, or another program deleted it
 * - `write-in-progress`: the entry or one of its tags was being written
 * - `redis-unavailable`: Redis did not answer, or an invalidation waited for it
 * - `principal`: the request has credentials, and the key of its route does not contain the requester
 * - `too-large`: the value is larger than `maxPayloadBytes`
 * - `other-schema`: another version of the policy stored the entry
 * - `unreadable`: the stored value is corrupt or foreign, or the policy's schema rejects it
 * - `load-in-progress`: another instance loaded the entry, for longer than the read may wait
 */
export type MissReason =
  | 'never-stored'
  | 'expired'
  | 'tag-invalidated'
  | 'key-invalidated'
  | 'evicted'
  | 'write-in-progress'
  | 'redis-unavailable'
  | 'principal'
  | 'too-large'
  | 'other-schema'
  | 'unreadable'
  | 'load-in-progress';
