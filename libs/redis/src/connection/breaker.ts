/** Whether operations are sent (`closed`) or rejected at once (`open`). */
export type BreakerState = 'closed' | 'open';

/** An operation that was not answered in time. Times are milliseconds of one clock. */
export interface Timeout {
  readonly sentAt: number;
  readonly now: number;
  /** How many operations were answered so far. */
  readonly answers: number;
}

/**
 * Opens after a number of timeouts, one after the other and without an answer in between. Only a new connection closes it: the socket
 * that froze must be replaced.
 *
 * Operations that were sent together wait in the same silence, so they count as one timeout.
 */
export class Breaker {
  #consecutiveTimeouts = 0;
  #lastTimeoutAt = Number.NEGATIVE_INFINITY;
  #lastAnswers = 0;

  constructor(private readonly limit: number = 3) {}

  get state(): BreakerState {
    return this.#consecutiveTimeouts >= this.limit ? 'open' : 'closed';
  }

  /** Counts a timeout, unless its operation was sent before the last timeout that counted. */
  timedOut({ sentAt, now, answers }: Timeout): void {
    if (this.state === 'closed' && answers !== this.#lastAnswers) this.#consecutiveTimeouts = 0;
    this.#lastAnswers = answers;
    if (sentAt < this.#lastTimeoutAt) return;
    this.#lastTimeoutAt = now;
    this.#consecutiveTimeouts += 1;
  }

  connected(): void {
    this.#consecutiveTimeouts = 0;
  }
}
