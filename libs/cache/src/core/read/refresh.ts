import type { CacheDefinition } from '../policy/define-cache.js';
import { refreshesEarly } from '../policy/lifetimes.js';
import type { Loader } from './loader.js';
import { LoadContext } from '../context/load-context.js';
import type { ReadResult } from '../read-result.js';
import type { ReadRequest } from './read-request.js';
import type { ReadServices } from './read-services.js';
import { RefreshLock } from '../store/refresh-lock.js';
import type { CacheRuntime } from '../cache-runtime.js';

/** This many loads before the end, one reader in e²⁰ would refresh. No number is drawn for that. */
const FURTHEST_AHEAD = 20;
/** The store reports remaining TTLs in whole milliseconds. */
const ROUNDING_MS = 1;

/** Refreshes stale entries in the background: at most one refresh per key, across all instances. */
export class Refresh<K, V> {
  /** Whether entries are refreshed ahead of their expiry. */
  readonly #isAhead: boolean;
  readonly #running = new Set<string>();

  constructor(
    definition: CacheDefinition<K, V>,
    private readonly runtime: CacheRuntime,
    private readonly parts: Pick<ReadServices<K, V>, 'l2Lookup' | 'l1' | 'origin'> & { readonly loader: Loader<K, V> },
  ) {
    this.#isAhead = definition.staleWhileRevalidate !== undefined;
  }

  /** Starts a refresh for a stale result, and sometimes for one that soon becomes stale. */
  ifDue(request: ReadRequest<V>, { status, ttlMs }: ReadResult<V>): void {
    const isDue =
      status === 'stale' ||
      (this.mayBeDue(ttlMs) && refreshesEarly(this.parts.origin.loadMs, ttlMs, this.runtime.clock.random()));
    if (isDue) this.#start(request, ttlMs);
  }

  /** Returns whether {@link ifDue} might refresh an entry that stays fresh for `freshForMs`. */
  mayBeDue(freshForMs: number): boolean {
    return this.#isAhead && freshForMs < FURTHEST_AHEAD * this.parts.origin.loadMs;
  }

  /** Returns at once. After a refresh that fails, the next reader tries again. */
  #start(request: ReadRequest<V>, freshForMs: number): void {
    const { key } = request.record;
    if (this.#running.has(key)) return;
    this.#running.add(key);
    const refreshing = (background: ReadRequest<V>): Promise<void> => this.#refresh(background, freshForMs);
    const load = request.refreshLoad?.() ?? request.load;
    void LoadContext.runDetached(
      () => request.batch?.inBackground(request, refreshing) ?? refreshing({ ...request, load }),
    )
      // No caller waits for this error. Readers receive the error of their own load once the entry has expired.
      .catch(() => {})
      .finally(() => this.#running.delete(key));
  }

  async #refresh(request: ReadRequest<V>, freshForMs: number): Promise<void> {
    const { record, tags } = request;
    const { store, coherence } = this.runtime;
    const session = store.sessionOf(record.key);
    const { l2Lookup, loader, l1, origin } = this.parts;
    const lock = new RefreshLock(store, record.key, this.runtime.clock.id());
    if (session === undefined || !(await lock.acquire(origin.leaseMs))) return;
    const inFlightRead = coherence.beginRead(tags, record.key);
    // No reader waits, so the time is not limited.
    const attempt = { session, inFlightRead, lastStepAt: Infinity };
    try {
      // Another process may have refreshed the entry meanwhile: an entry that stays fresh for longer needs no load.
      const { state } = await l2Lookup.fetch({ ...request, strong: true }, attempt);
      if (state.kind !== 'value') return;
      const isNewer = state.freshness === 'fresh' && state.ttlMs - state.stored.freshUntilMs > freshForMs + ROUNDING_MS;
      if (isNewer) l1.putFetched(record, state, inFlightRead);
      else await loader.revalidate(request, state, attempt);
    } finally {
      await lock.release();
    }
  }
}
