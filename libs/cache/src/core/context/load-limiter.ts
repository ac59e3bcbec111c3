import { CacheError } from '../errors.js';
import { LoadContext } from './load-context.js';

/**
 * Limits how many loads ask the origin at once: at a hit ratio of 99 %, losing the store means a hundred times the load. Those
 * over the limit wait in order; those over the queue are refused.
 *
 * Nobody waits here who may keep others: a load within a load runs under the permit of the outer one, and a load in the body of a
 * write needs none, because its writer may hold the rows and the connection that those with the permits are waiting for.
 */
export class LoadLimiter {
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(
    private readonly limit: number,
    private readonly queueLimit: number,
  ) {}

  /** @throws {CacheError} `CACHE_OVERLOADED` when the queue is full; `work` has not begun then. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (LoadContext.current) return work();
    await this.#enter();
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#running < this.limit) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= this.queueLimit) {
      throw new CacheError(
        'CACHE_OVERLOADED',
        `${this.limit} loads are running and ${this.queueLimit} wait for the origin.`,
      );
    }
    // The permit is handed over, so the number of running loads stays.
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#running -= 1;
  }
}
