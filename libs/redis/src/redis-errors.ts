/** Names the cause of a {@link RedisError}. Stable: match on it, not on the message. */
export type RedisErrorCode =
  /** There is no usable connection. Nothing was sent. */
  | 'REDIS_UNAVAILABLE'
  /** The operation was sent, and no answer arrived in time. It is unknown whether Redis executed the operation. */
  | 'REDIS_TIMEOUT'
  /** The connection ended before an answer arrived. It is unknown whether Redis executed the operation. */
  | 'REDIS_DISCONNECTED'
  /** The URL of a single server leads to a Sentinel, or to a node of a cluster. Thrown at boot. */
  | 'REDIS_TOPOLOGY_UNSUPPORTED';

/**
 * Base of every error of this library. Match on `code`: unlike `instanceof`, it works with two copies of the package.
 *
 * @example
 * if (error instanceof Error && 'code' in error && error.code === 'REDIS_TIMEOUT') return undefined;
 */
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

/** Reports that there is no usable connection. Nothing was sent, so a retry cannot execute the operation twice. */
export class RedisUnavailableError extends RedisError {
  override readonly name = 'RedisUnavailableError';

  constructor(reason: string, options?: ErrorOptions) {
    super('REDIS_UNAVAILABLE', `Redis is unavailable (${reason}). Nothing was sent.`, options);
  }
}

/** Reports that no answer arrived within the deadline. It is unknown whether Redis executed the operation. */
export class RedisTimeoutError extends RedisError {
  override readonly name = 'RedisTimeoutError';

  constructor(timeoutMs: number) {
    super('REDIS_TIMEOUT', `Redis did not answer within ${timeoutMs} ms. The operation may still have been executed.`);
  }
}

/** Reports that the connection ended before an answer arrived. It is unknown whether Redis executed the operation. */
export class RedisDisconnectedError extends RedisError {
  override readonly name = 'RedisDisconnectedError';

  constructor(options: ErrorOptions) {
    super(
      'REDIS_DISCONNECTED',
      'The connection to Redis ended before the answer. The operation may still have been executed.',
      options,
    );
  }
}
