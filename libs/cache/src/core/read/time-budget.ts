import { CacheError } from '../errors.js';
import type { Clock } from '../clock.js';
import type { Ticket } from '../coherence/in-flight-reads.js';
import type { Tiers } from '../cache-runtime.js';

/**
 * How long one look at the store may keep its reader. Each step has a deadline of its own, but a look has several steps: so none
 * begins once they have taken one deadline together, and the whole takes two at most.
 */
export class StoreBudget {
  #spentMs = 0;

  constructor(
    private readonly clock: Clock,
    /** The deadline of one step, in milliseconds. */
    private readonly deadlineMs: number,
  ) {}

  static of({ clock, store }: Pick<Tiers, 'clock' | 'store'>): StoreBudget {
    return new StoreBudget(clock, store.deadlineMs);
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
export interface Visit {
  /** The unbroken connection that it relies on. */
  readonly session: string;
  readonly ticket: Ticket;
  readonly budget: StoreBudget;
}
