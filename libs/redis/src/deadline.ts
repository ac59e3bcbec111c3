import { RedisTimeoutError } from './redis-errors.js';

/**
 * Settles as `work` does, or rejects with {@link RedisTimeoutError} after `timeoutMs` milliseconds.
 *
 * A timer of our own around each operation is the only bound that holds: the driver's `timeout` covers commands that were
 * not written yet, and its `socketTimeout` starts anew at each write.
 */
export function withDeadline<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => reject(new RedisTimeoutError(timeoutMs)), timeoutMs);
    work.then(
      (answer) => {
        clearTimeout(timer);
        resolve(answer);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
