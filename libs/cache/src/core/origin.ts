import type { CacheRuntime } from './cache-runtime.js';
import { type EntryLoad, LoadContext } from './context/load-context.js';
import type { Counters } from './counters.js';
import { CacheError } from './errors.js';
import { isClientError } from './policy/client-error.js';
import type { LoadOutcome } from './observe/read-outcome.js';
import type { CacheDefinition } from './policy/define-cache.js';
import { LONGEST_LEASE_MS } from './store/store.js';

const SHORTEST_LEASE_MS = 1_000;

/** Calls the origin of one cache: a limited number of times at once, and each time for a limited time. */
export class Origin {
  /** The typical duration of a call, in milliseconds. It rises at once and falls slowly. */
  loadMs = 0;
  /** How long to lease a record for a call: long enough for most, and short enough to replace a holder that died soon. */
  leaseMs = SHORTEST_LEASE_MS;

  constructor(
    private readonly definition: Pick<CacheDefinition<unknown, unknown>, 'name' | 'loadTimeoutMs'>,
    private readonly runtime: Pick<CacheRuntime, 'loadLimiter' | 'deadlines' | 'clock'>,
    private readonly counters: Counters,
  ) {}

  /**
   * Calls the origin once for these loads, under a permit. A call that does not settle in time is given up: its context ends, and its
   * result is dropped.
   *
   * @throws {CacheError} `CACHE_OVERLOADED` before `load` runs; `CACHE_LOAD_TIMEOUT`.
   */
  call<T>(loads: readonly EntryLoad[], load: () => Promise<T>): Promise<T> {
    return this.runtime.loadLimiter.run(this.definition.name, () => this.#call(loads, load));
  }

  async #call<T>(loads: readonly EntryLoad[], load: () => Promise<T>): Promise<T> {
    this.counters.counts.loads += 1;
    const { clock, deadlines } = this.runtime;
    const startedAt = clock.now();
    const call = { timedOut: false };
    let outcome: LoadOutcome = 'loaded';
    try {
      return await LoadContext.run({ kind: 'load', loads }, () =>
        deadlines.run(load, this.definition.loadTimeoutMs, () => {
          call.timedOut = true;
          return this.#timedOut();
        }),
      );
    } catch (error) {
      outcome = call.timedOut ? 'timed-out' : isClientError(error) ? 'refused' : 'failed';
      throw error;
    } finally {
      const durationMs = clock.now() - startedAt;
      // A refused call was answered too: with the absence of a value, for example.
      if (outcome === 'loaded' || outcome === 'refused') {
        this.loadMs = Math.max(durationMs, this.loadMs * 0.95 + durationMs * 0.05);
        this.leaseMs = Math.min(LONGEST_LEASE_MS, Math.max(SHORTEST_LEASE_MS, Math.ceil(2 * this.loadMs)));
      }
      this.counters.loadEnded(loads, outcome, durationMs);
    }
  }

  #timedOut(): CacheError {
    const { name, loadTimeoutMs } = this.definition;
    return new CacheError(
      'CACHE_LOAD_TIMEOUT',
      `Cache "${name}": a load did not settle within ${loadTimeoutMs} ms. Give the loader a timeout of its own, or raise loadTimeout.`,
    );
  }
}
