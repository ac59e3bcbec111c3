import type { Deadlines } from '../concurrency/deadlines.js';
import { CacheError } from '../errors.js';
import { LoadContext } from './load-context.js';

/** How long a load waits for its permit, in milliseconds. */
const LONGEST_WAIT_MS = 5_000;
/** How many loads of one cache may wait for each permit of the process. */
const QUEUE_PER_PERMIT = 10;

/** The loads of one cache at this moment. */
export interface LoadsInProgress {
  readonly running: number;
  /** Loads that wait for a permit to run. */
  readonly waiting: number;
}

interface CacheLoads {
  running: number;
  readonly waiting: Set<() => void>;
}

/**
 * Limits how many loads call the origin at once: at a hit ratio of 99 %, losing the store means a hundred times the load. Loads over
 * the limit wait in order, and loads over the queue are rejected.
 *
 * A cache may run as many loads as permits are free, so it never takes the last permits: alone it takes half of them, and the next
 * cache half of the rest. An origin that hangs stops its own caches only.
 *
 * A load within a load runs under the permit of the outer load. A load in the body of a write needs no permit, because its write may
 * hold the rows and the connection for which the loads with permits are waiting.
 */
export class LoadLimiter {
  readonly #caches = new Map<string, CacheLoads>();
  readonly #queued = new Set<CacheLoads>();
  #free: number;

  constructor(
    private readonly deadlines: Deadlines,
    private readonly limit: number,
  ) {
    this.#free = limit;
  }

  /**
   * Runs `work` under a permit.
   *
   * @throws {CacheError} `CACHE_OVERLOADED` before `work` runs, when the queue is full or no permit was free for 5 s.
   */
  async run<T>(cache: string, work: () => Promise<T>): Promise<T> {
    if (LoadContext.innermost?.loadOrWrite) return work();
    const loads = this.#caches.get(cache) ?? { running: 0, waiting: new Set<() => void>() };
    this.#caches.set(cache, loads);
    if (loads.running < this.#free) this.#take(loads);
    else await this.#wait(loads, cache);
    try {
      return await work();
    } finally {
      loads.running -= 1;
      this.#free += 1;
      if (this.#queued.size > 0) this.#startWaiting();
    }
  }

  inProgress(cache: string): LoadsInProgress {
    const loads = this.#caches.get(cache);
    return { running: loads?.running ?? 0, waiting: loads?.waiting.size ?? 0 };
  }

  #take(loads: CacheLoads): void {
    loads.running += 1;
    this.#free -= 1;
  }

  async #wait(loads: CacheLoads, cache: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const refused = (): CacheError => {
      this.#leave(loads, resolve);
      return new CacheError(
        'CACHE_OVERLOADED',
        `Cache "${cache}": ${loads.running} loads are running and ${loads.waiting.size} are waiting, of ${this.limit} that may run in this process. Retry later, speed up the loader, or raise maxLoads.`,
      );
    };
    if (loads.waiting.size >= QUEUE_PER_PERMIT * this.limit) throw refused();
    loads.waiting.add(resolve);
    this.#queued.add(loads);
    await this.deadlines.run(() => promise, LONGEST_WAIT_MS, refused);
  }

  #leave(loads: CacheLoads, start: () => void): void {
    loads.waiting.delete(start);
    if (loads.waiting.size === 0) this.#queued.delete(loads);
  }

  /** Starts waiting loads: the cache that runs the fewest goes first, so none of the others may run if that one may not. */
  #startWaiting(): void {
    for (let next = this.#next(); next && next.running < this.#free; next = this.#next()) {
      const [start] = next.waiting;
      if (!start) return;
      this.#leave(next, start);
      this.#take(next);
      start();
    }
  }

  #next(): CacheLoads | undefined {
    let next: CacheLoads | undefined;
    for (const loads of this.#queued) if (!next || loads.running < next.running) next = loads;
    return next;
  }
}
