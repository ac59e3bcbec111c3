import { isDisconnection } from '../error-code.js';
import { RedisDisconnectedError, RedisTimeoutError } from '../redis-errors.js';

/** Receives the outcome of an operation, before the caller of the operation does. */
export interface DeadlineListener {
  readonly answered?: () => void;
  readonly failed?: (error: unknown) => void;
  /** Receives the time at which the operation was sent too, in milliseconds of `performance.now()`. */
  readonly timedOut: (error: RedisTimeoutError, sentAt: number) => void;
}

/** A timer of Node is up to this late on an idle event loop, in milliseconds. */
const PUNCTUAL_MS = 2;

/**
 * Settles as `operation` does, or rejects with {@link RedisTimeoutError} after `timeoutMs` milliseconds. Then `late` receives an
 * answer that still arrives. An operation whose connection ends before the answer rejects with {@link RedisDisconnectedError}.
 *
 * After a pause of the event loop, Node runs expired timers before it reads sockets. So an operation times out only after its
 * socket was read once more. If the timer itself was late, the operation gets that time back, at most `timeoutMs`: its command
 * may not have been written before the pause.
 *
 * The driver has no such bound: its `timeout` excludes commands that were written, and its `socketTimeout` restarts at each
 * write. Every read of Redis passes here, so the function creates no promise besides its result.
 */
export function withDeadline<T>(
  operation: () => Promise<T>,
  timeoutMs: number,
  { answered, failed, timedOut }: DeadlineListener,
  late?: (answer: T) => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const sentAt = performance.now();
    const work = operation();
    let state: 'in flight' | 'settled' | 'expired' = 'in flight';
    const expire = (): void => {
      if (state !== 'in flight') return;
      state = 'expired';
      const error = new RedisTimeoutError(timeoutMs);
      timedOut(error, sentAt);
      reject(error);
    };
    let timer = setTimeout(() => {
      const lateMs = Math.min(performance.now() - sentAt - timeoutMs, timeoutMs);
      // An immediate runs after the sockets were read.
      setImmediate(() => {
        if (state !== 'in flight') return;
        if (lateMs <= PUNCTUAL_MS) expire();
        else timer = setTimeout(() => setImmediate(expire), lateMs);
      });
    }, timeoutMs);
    work.then(
      (answer) => {
        if (state === 'expired') {
          late?.(answer);
          return;
        }
        state = 'settled';
        clearTimeout(timer);
        answered?.();
        resolve(answer);
      },
      (error: unknown) => {
        if (state === 'in flight') state = 'settled';
        clearTimeout(timer);
        failed?.(error);
        reject(isDisconnection(error) ? new RedisDisconnectedError({ cause: error }) : error);
      },
    );
  });
}
