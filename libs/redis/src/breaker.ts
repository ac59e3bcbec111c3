/** Whether operations are sent (`closed`) or rejected at once (`open`). */
export type BreakerState = 'closed' | 'open';

/**
 * Opens after a number of consecutive timeouts. Only a new connection closes it.
 *
 * While the breaker is open, nothing is sent, so a frozen socket falls silent. The driver's idle timeout then destroys the
 * socket, and the driver reconnects.
 */
export class Breaker {
  #consecutiveTimeouts = 0;

  constructor(private readonly limit: number = 3) {}

  get state(): BreakerState {
    return this.#consecutiveTimeouts >= this.limit ? 'open' : 'closed';
  }

  timedOut(): void {
    this.#consecutiveTimeouts += 1;
  }

  /** Resets the count. Has no effect once the breaker is open: the socket that froze must be replaced. */
  answered(): void {
    if (this.state === 'closed') this.#consecutiveTimeouts = 0;
  }

  connected(): void {
    this.#consecutiveTimeouts = 0;
  }
}
