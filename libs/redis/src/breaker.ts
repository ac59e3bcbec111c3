export type BreakerState = 'closed' | 'open';

/**
 * Opens after a number of timeouts in a row; only a new connection closes it.
 *
 * An open breaker also means silence on the socket. The driver's idle timeout then destroys the socket that froze, and its
 * reconnect loop looks for a live one.
 */
export class Breaker {
  #timeoutsInARow = 0;

  constructor(private readonly limit: number = 3) {}

  get state(): BreakerState {
    return this.#timeoutsInARow >= this.limit ? 'open' : 'closed';
  }

  timedOut(): void {
    this.#timeoutsInARow += 1;
  }

  /** An answer came. One that arrives after the breaker opened is too late to be trusted: the socket stays condemned. */
  answered(): void {
    if (this.state === 'closed') this.#timeoutsInARow = 0;
  }

  connected(): void {
    this.#timeoutsInARow = 0;
  }
}
