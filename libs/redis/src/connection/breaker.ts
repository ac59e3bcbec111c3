/** Whether operations are sent (`closed`) or rejected at once (`open`). */
export type BreakerState = 'closed' | 'open';

/**
 * Opens after a number of timeouts, one after the other and without an answer in between. Only a new connection closes it: the socket
 * that froze must be replaced.
 *
 * Operations that were sent together wait in the same silence, so they count as one timeout. Times are milliseconds of one clock.
 */
export class Breaker {
  /** How many operations were answered in time. Its owner counts them, because nearly all are. */
  answers = 0;
  #consecutiveTimeouts = 0;
  #lastTimeoutAt = Number.NEGATIVE_INFINITY;
  /** The answers at the last timeout. */
  #lastAnswers = 0;

  constructor(private readonly limit: number = 3) {}

  get state(): BreakerState {
    return this.#consecutiveTimeouts >= this.limit ? 'open' : 'closed';
  }

  /** Counts a timeout, unless its operation was sent before the last timeout that counted. */
  timedOut(sentAt: number, now: number): void {
    if (this.state === 'closed' && this.answers !== this.#lastAnswers) this.#consecutiveTimeouts = 0;
    this.#lastAnswers = this.answers;
    if (sentAt < this.#lastTimeoutAt) return;
    this.#lastTimeoutAt = now;
    this.#consecutiveTimeouts += 1;
  }

  connected(): void {
    this.#consecutiveTimeouts = 0;
  }
}
