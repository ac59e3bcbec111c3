export type RedisErrorCode =
  /** There is no usable connection now. Nothing was sent. */
  | 'REDIS_UNAVAILABLE'
  /** The operation was sent, and no answer came in time. Whether Redis carried it out is unknown. */
  | 'REDIS_TIMEOUT'
  /** The topology cannot be used by this release. It is thrown at boot. */
  | 'REDIS_TOPOLOGY_UNSUPPORTED';

/** Base of every error this library makes. Match on `code`: it is stable, and survives two copies of the package. */
export class RedisError extends Error {
  override readonly name: string = 'RedisError';

  constructor(
    readonly code: RedisErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** There is no usable connection now; nothing was sent. */
export class RedisUnavailableError extends RedisError {
  override readonly name = 'RedisUnavailableError';

  constructor(reason: string, options?: ErrorOptions) {
    super('REDIS_UNAVAILABLE', `Redis is unavailable: ${reason}`, options);
  }
}

/** The operation was sent and no answer came in time. Whether Redis carried it out is unknown. */
export class RedisTimeoutError extends RedisError {
  override readonly name = 'RedisTimeoutError';

  constructor(timeoutMs: number) {
    super('REDIS_TIMEOUT', `Redis did not answer within ${timeoutMs} ms`);
  }
}
