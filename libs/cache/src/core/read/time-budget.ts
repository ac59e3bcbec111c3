import { CacheError } from '../errors.js';
import type { Clock } from '../clock.js';
import type { InFlightRead } from '../coherence/in-flight-reads.js';

/**
 * Limits the time for which one attempt at the store keeps its reader waiting. Each step has its own deadline, and an attempt has
 * several steps: no step begins once they have taken one deadline together, so an attempt takes at most two.
 */
export class TimeBudget {
  #spentMs = 0;
  /** Whether no further step may begin. */
  spent = false;

  constructor(
    private readonly clock: Clock,
    /** The deadline of one step, in milliseconds. */
    private readonly deadlineMs: number,
  ) {}

  /** Takes a step. @throws {CacheError} `CACHE_UNAVAILABLE` instead, once the time is spent. */
  async step<T>(take: () => Promise<T>): Promise<T> {
    const startedAt = this.begin();
    try {
      return await take();
    } finally {
      this.end(startedAt);
    }
  }

  /** Begins a step, which ends with {@link end}. Returns the time. @throws {CacheError} as {@link step}. */
  begin(): number {
    if (this.spent) throw new CacheError('CACHE_UNAVAILABLE', 'Redis is too slow for another step of this read.');
    return this.clock.now();
  }

  end(startedAt: number): void {
    this.#spentMs += this.clock.now() - startedAt;
    this.spent = this.#spentMs >= this.deadlineMs;
  }
}

/** One attempt of a read at the store. */
export interface L2Attempt {
  /** The unbroken connection on which the attempt relies. */
  readonly session: string;
  readonly inFlightRead: InFlightRead;
  readonly budget: TimeBudget;
}
