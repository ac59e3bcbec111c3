import type { CacheRuntime } from './cache-runtime.js';
import { type EntryLoad, LoadContext } from './context/load-context.js';
import type { Counters } from './counters.js';
import { CacheError } from './errors.js';
import { isClientError } from './policy/client-error.js';
import type { LoadOutcome } from './observe/read-outcome.js';
import type { CacheDefinition } from './policy/define-cache.js';

/** Calls the origin of one cache: a limited number of times at once, and each time for a limited time. */
export class Origin {
  constructor(
    private readonly definition: Pick<CacheDefinition<unknown, unknown>, 'name' | 'loadTimeoutMs'>,
    private readonly runtime: Pick<CacheRuntime, 'loadLimiter' | 'deadlines' | 'clock'>,
    private readonly counters: Counters,
  ) {}

  /** Runs `work`, which calls the origin once, under a permit. @throws {CacheError} `CACHE_OVERLOADED` before `work` runs. */
  withPermit<T>(work: () => Promise<T>): Promise<T> {
    return this.runtime.loadLimiter.run(this.definition.name, work);
  }

  /**
   * Calls the origin for these loads. A call that does not settle in time is given up: its context ends, and its result is dropped.
   *
   * @throws {CacheError} `CACHE_LOAD_TIMEOUT`.
   */
  call<T>(loads: readonly EntryLoad[], load: () => Promise<T>): Promise<T> {
    this.counters.loaded();
    const { clock, deadlines } = this.runtime;
    const startedAt = clock.now();
    let timedOut = false;
    const called = LoadContext.load(loads, () =>
      deadlines.run(load, this.definition.loadTimeoutMs, () => {
        timedOut = true;
        return this.#timedOut();
      }),
    );
    const ended = (outcome: LoadOutcome): void =>
      this.counters.loadEnded(
        loads.map(({ recordKey }) => recordKey),
        outcome,
        clock.now() - startedAt,
      );
    called.then(
      () => ended('loaded'),
      (error: unknown) => ended(timedOut ? 'timed-out' : isClientError(error) ? 'refused' : 'failed'),
    );
    return called;
  }

  #timedOut(): CacheError {
    const { name, loadTimeoutMs } = this.definition;
    return new CacheError(
      'CACHE_LOAD_TIMEOUT',
      `Cache "${name}": a load did not settle within ${loadTimeoutMs} ms. Give the loader a timeout of its own, or raise loadTimeout.`,
    );
  }
}
