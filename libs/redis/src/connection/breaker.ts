/** Whether operations are sent (`closed`) or rejected at once (`open`). */
export type BreakerState = 'closed' | 'open';

/**
 * Opens after a number of timeouts, one after the other and without an answer in between. Only a new connection closes it.
 *
 * Operations that were sent together wait in the same silence, so they count as one timeout. Times are milliseconds of one clock.
 */
export class Breaker {
  #consecutiveTimeouts = 0;
  #lastTimeoutAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly limit: number = 3) {}

  get state(): BreakerState {
    return this.#consecutiveTimeouts >= this.limit ? 'open' : 'closed';
  }

  /** Counts the timeout of an operation, unless the operation was sent before the last timeout that counted. */
  timedOut(sentAt: number, now: number): void {
    if (sentAt < this.#lastTimeoutAt) return;
    this.#lastTimeoutAt = now;
    this.#consecutiveTimeouts += 1;
  }

  /** Resets the count. Has no effect once the breaker is open: the socket that froze must be replaced. */
  answered(): void {
    if (this.#consecutiveTimeouts < this.limit) this.#consecutiveTimeouts = 0;
  }

  connected(): void {
    this.#consecutiveTimeouts = 0;
  }
}
