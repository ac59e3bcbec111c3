import { RedisTimeoutError } from './redis-errors.js';

/** Receives the outcome of an operation, before the caller of the operation does. */
export interface DeadlineListener<T> {
  readonly answered: () => void;
  readonly failed: (error: unknown) => void;
  readonly timedOut: (error: RedisTimeoutError) => void;
  /** Receives an answer that arrives after the deadline. */
  readonly late?: ((answer: T) => void) | undefined;
}

/**
 * Settles as `operation` does, or rejects with {@link RedisTimeoutError} after `timeoutMs` milliseconds.
 *
 * The driver has no such bound: its `timeout` excludes commands that were written, and its `socketTimeout` restarts at each
 * write. Every read of Redis passes here, so the function creates no promise besides its result.
 */
export function withDeadline<T>(
  operation: () => Promise<T>,
  timeoutMs: number,
  { answered, failed, timedOut, late }: DeadlineListener<T>,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const work = operation();
    let expired = false;
    const timer = setTimeout(() => {
      expired = true;
      const error = new RedisTimeoutError(timeoutMs);
      timedOut(error);
      reject(error);
    }, timeoutMs);
    work.then(
      (answer) => {
        if (expired) {
          late?.(answer);
          return;
        }
        clearTimeout(timer);
        answered();
        resolve(answer);
      },
      (error: unknown) => {
        clearTimeout(timer);
        failed(error);
        reject(error);
      },
    );
  });
}
