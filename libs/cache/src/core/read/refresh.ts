import type { CacheDefinition } from '../policy/define-cache.js';
import { refreshesEarly } from '../policy/lifetimes.js';
import type { Loader } from './loader.js';
import { LoadContext } from '../context/load-context.js';
import type { L1 } from './l1.js';
import type { L2Lookup } from './l2-lookup.js';
import type { ReadResult } from '../read-result.js';
import type { ReadRequest } from './read-request.js';
import { TimeBudget } from './time-budget.js';
import type { CacheRuntime } from '../cache-runtime.js';

/** Of this many loads before the end, one reader in e²⁰ refreshes: that is nobody, and need not be drawn. */
const FURTHEST_AHEAD = 20;
/** The store counts remaining TTLs in whole milliseconds. */
const ROUNDING_MS = 1;

/** Loads stale entries anew behind their readers' backs, one at a time a key in the process, and one in the fleet. */
export class Refresh<K, V> {
  readonly #running = new Set<string>();

  constructor(
    private readonly definition: CacheDefinition<K, V>,
    private readonly runtime: CacheRuntime,
    private readonly parts: {
      readonly l2Lookup: L2Lookup<K, V>;
      readonly loader: Loader<K, V>;
      readonly l1: L1<V>;
    },
  ) {}

  /** Refreshes what is served stale, and sometimes what soon will be. */
  ifDue(request: ReadRequest<V>, { status, ttlMs }: ReadResult<V>): void {
    if (status === 'stale' || this.#isDueAhead(ttlMs)) this.#start(request, ttlMs);
  }

  /** Whether what is fresh for `freshForMs` more may be due: a reader that is told so has to ask {@link ifDue}. */
  mayBeDue(freshForMs: number): boolean {
    return this.#isAhead && freshForMs < FURTHEST_AHEAD * this.parts.loader.loadMs;
  }

  #isDueAhead(freshForMs: number): boolean {
    return this.#isAhead && refreshesEarly(this.parts.loader.loadMs, freshForMs, this.runtime.clock.random());
  }

  get #isAhead(): boolean {
    return this.definition.staleWhileRevalidate !== undefined;
  }

  /** Returns at once. A refresh that fails leaves the entry as it is, for the next reader to try again. */
  #start(request: ReadRequest<V>, freshForMs: number): void {
    const { key } = request.record;
    if (this.#running.has(key)) return;
    this.#running.add(key);
    const refreshing = (behind: ReadRequest<V>): Promise<void> => this.#refresh(behind, freshForMs);
    const { load, loadInBackground = load } = request;
    void LoadContext.runDetached(
      () => request.batch?.inBackground(request, refreshing) ?? refreshing({ ...request, load: loadInBackground }),
    )
      // The origin's error belongs to no caller here; the entry ages on, and readers see the error once it is gone.
      .catch(() => {})
      .finally(() => this.#running.delete(key));
  }

  async #refresh(request: ReadRequest<V>, freshForMs: number): Promise<void> {
    const { record, tags } = request;
    const { store, coherence } = this.runtime;
    const { session } = store;
    const { l2Lookup, loader, l1 } = this.parts;
    if (session === undefined || !(await store.acquireRefreshLock(record.key, loader.leaseMs))) return;
    const inFlightRead = coherence.inFlightReads.begin([record.key, ...tags]);
    // Nobody waits for it.
    const visit = { session, inFlightRead, budget: new TimeBudget(this.runtime.clock, Number.POSITIVE_INFINITY) };
    try {
      // Another process may have refreshed it since: what is fresh for longer than what was seen is as good as what we would load.
      const { state } = await l2Lookup.fetch({ ...request, strong: true }, visit);
      if (state.kind !== 'value') return;
      const isNewer = state.freshness === 'fresh' && state.ttlMs - state.stored.freshUntilMs > freshForMs + ROUNDING_MS;
      if (isNewer) l1.putFetched(record, state, inFlightRead);
      else await loader.revalidate(request, state, visit);
    } finally {
      coherence.inFlightReads.end(inFlightRead);
      await store.releaseRefreshLock(record.key);
    }
  }
}
