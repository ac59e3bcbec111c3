export type CacheErrorCode =
  /** A policy, an option or a decorator is not valid. It is thrown at boot, with every problem and what to write instead; for what a call gives, by that call. */
  | 'CACHE_OPTIONS_INVALID'
  /** Two caches of one application have one name. It is thrown at boot. */
  | 'CACHE_NAME_TAKEN'
  /** The key schema refuses the key of a write or an invalidation. A read with such a key runs its loader instead. */
  | 'CACHE_KEY_INVALID'
  /** No module of this process registers the cache, or Nest did not create the instance that uses it. */
  | 'CACHE_NOT_REGISTERED'
  /** Too many loads ask the origin, and too many wait to: try again later. */
  | 'CACHE_OVERLOADED'
  /** The origin failed a moment ago, and the policy holds off from asking it again (`errorBackOff`). */
  | 'CACHE_ORIGIN_FAILED'
  /** A strict cache could not announce a write, or could not apply an invalidation; or a verb that needs the store has none. */
  | 'CACHE_UNAVAILABLE'
  /** A write within the body of another one: name all of it in the outer one. */
  | 'CACHE_WRITE_NESTED'
  /** The transaction of a write was used after its body had returned. */
  | 'CACHE_WRITE_ENDED';

/** Every error this library makes. Match on `code`: it is stable, and survives two copies of the package. */
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
