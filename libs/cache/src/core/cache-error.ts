export type CacheErrorCode =
  | 'CACHE_OPTIONS_INVALID'
  | 'CACHE_NAME_TAKEN'
  | 'CACHE_KEY_INVALID'
  | 'CACHE_NOT_REGISTERED'
  | 'CACHE_OVERLOADED'
  | 'CACHE_ORIGIN_FAILED'
  | 'CACHE_UNAVAILABLE'
  | 'CACHE_WRITE_NESTED'
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
