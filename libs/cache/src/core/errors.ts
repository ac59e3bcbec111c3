/** Names the cause of a {@link CacheError}. Stable: match on it, not on the message. */
export type CacheErrorCode =
  /** A policy, an option or a decorator is invalid. Thrown at boot, with every problem and its fix. For an argument, thrown by the call. */
  | 'CACHE_OPTIONS_INVALID'
  /** Two caches of one application have the same name. Thrown at boot. */
  | 'CACHE_NAME_TAKEN'
  /** The key schema rejects the key of a write or an invalidation. A read with such a key runs its loader instead. */
  | 'CACHE_KEY_INVALID'
  /** No module of this process registered the cache, or Nest did not create the instance that uses it. */
  | 'CACHE_NOT_REGISTERED'
  /** Too many loads are running and queued, or a load waited too long for its permit. Retry later. */
  | 'CACHE_OVERLOADED'
  /** A load did not settle within `loadTimeout`, and was given up. It counts as a failure of the origin. */
  | 'CACHE_LOAD_TIMEOUT'
  /** The origin failed a moment ago, and the policy blocks further loads for a while (`errorBackOff`). */
  | 'CACHE_ORIGIN_FAILED'
  /** A strict cache could not announce a write or apply an invalidation, or the operation needs a store that is unavailable. */
  | 'CACHE_UNAVAILABLE'
  /** A write began inside the body of another write. Call `tx.invalidate(…)` on the outer write instead. */
  | 'CACHE_WRITE_NESTED'
  /** The values of one instant could not be read in time, and no transaction was given to load them in. */
  | 'CACHE_SNAPSHOT_FAILED'
  /** A CDN did not acknowledge a purge. `EdgeModule` logs it, and purges again until the CDN does. */
  | 'CACHE_EDGE_PURGE_FAILED'
  /** The transaction of a write was used after its body had returned. */
  | 'CACHE_WRITE_ENDED';

/**
 * Reports every error of this library. Match on `code`: unlike `instanceof`, it works with two copies of the package.
 *
 * @example
 * if (error instanceof Error && 'code' in error && error.code === 'CACHE_OVERLOADED') throw new ServiceUnavailableException();
 */
export class CacheError extends Error {
  override readonly name = 'CacheError';

  constructor(
    readonly code: CacheErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
