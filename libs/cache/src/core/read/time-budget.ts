import { CacheError } from '../errors.js';
import type { Clock } from '../clock.js';
import type { InFlightRead } from '../coherence/in-flight-reads.js';
import type { CacheRuntime } from '../cache-runtime.js';

/**
 * How long one look at the store may keep its reader. Each step has a deadline of its own, but a look has several steps: so none
 * begins once they have taken one deadline together, and the whole takes two at most.
 */
export class TimeBudget {
  #spentMs = 0;

  constructor(
    private readonly clock: Clock,
    /** The deadline of one step, in milliseconds. */
    private readonly deadlineMs: number,
  ) {}

  static of({ clock, store }: Pick<CacheRuntime, 'clock' | 'store'>): TimeBudget {
    return new TimeBudget(clock, store.deadlineMs);
  }

  get spent(): boolean {
    return this.#spentMs >= this.deadlineMs;
  }

  /** @throws {CacheError} `CACHE_UNAVAILABLE`, without taking the step, once the time is spent. */
  async step<T>(take: () => Promise<T>): Promise<T> {
    if (this.spent) throw new CacheError('CACHE_UNAVAILABLE', 'The store is too slow for another step of this read.');
    const startedAt = this.clock.now();
    try {
      return await take();
    } finally {
      this.#spentMs += this.clock.now() - startedAt;
    }
  }
}

/** One look of a read at the store. */
export interface L2Attempt {
  /** The unbroken connection that it relies on. */
  readonly session: string;
  readonly inFlightRead: InFlightRead;
  readonly budget: TimeBudget;
}
