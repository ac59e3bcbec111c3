import { CacheError } from '../errors.js';
import { LoadContext } from './load-context.js';

/**
 * Limits how many loads call the origin at once: at a hit ratio of 99 %, losing the store means a hundred times the load. Loads over
 * the limit wait in order, and loads over the queue are rejected.
 *
 * A load within a load runs under the permit of the outer load. A load in the body of a write needs no permit, because its write may
 * hold the rows and the connection for which the loads with permits are waiting.
 */
export class LoadLimiter {
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(
    private readonly limit: number,
    private readonly queueLimit: number,
  ) {}

  /** Runs `work` under a permit. @throws {CacheError} `CACHE_OVERLOADED` when the queue is full, before `work` runs. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (LoadContext.current) return work();
    if (this.#running < this.limit) this.#running += 1;
    else await this.#wait();
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }

  async #wait(): Promise<void> {
    if (this.#waiting.length >= this.queueLimit) {
      throw new CacheError(
        'CACHE_OVERLOADED',
        `${this.limit} loads are running, and ${this.queueLimit} are waiting for the origin. Retry later, or raise maxLoads.`,
      );
    }
    // The permit passes from load to load, so the number of running loads does not change.
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
