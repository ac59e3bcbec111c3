import { RedisTimeoutError } from './redis-errors.js';

/** What became of an operation, told before its caller hears of it. */
export interface DeadlineListener<T> {
  readonly answered: () => void;
  readonly failed: (error: unknown) => void;
  readonly timedOut: (error: RedisTimeoutError) => void;
  /** The answer to a caller who has gone. */
  readonly late?: ((answer: T) => void) | undefined;
}

/**
 * Settles as `operation` does, or rejects with {@link RedisTimeoutError} after `timeoutMs` milliseconds.
 *
 * A timer of our own around each operation is the only bound that holds: the driver's `timeout` covers commands that were
 * not written yet, and its `socketTimeout` starts anew at each write. Every read of Redis passes here, so it makes no promise
 * but the one that it answers.
 */
export function withDeadline<T>(
  operation: () => Promise<T>,
  timeoutMs: number,
  { answered, failed, timedOut, late }: DeadlineListener<T>,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const work = operation();
    let awaited = true;
    const timer = setTimeout(() => {
      awaited = false;
      const error = new RedisTimeoutError(timeoutMs);
      timedOut(error);
      reject(error);
    }, timeoutMs);
    work.then(
      (answer) => {
        if (!awaited) {
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
