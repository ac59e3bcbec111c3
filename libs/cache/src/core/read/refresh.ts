import type { CacheDefinition } from '../policy/define-cache.js';
import { refreshesEarly } from '../policy/lifetimes.js';
import type { Loader } from './loader.js';
import { LoadScope } from '../context/load-context.js';
import type { LocalReads } from './l1.js';
import type { Lookup } from './l2-lookup.js';
import type { ReadOutcome } from '../read-result.js';
import type { ReadRequest } from './read-request.js';
import { StoreBudget } from './time-budget.js';
import type { Tiers } from '../cache-runtime.js';

/** Of this many loads before the end, one reader in e²⁰ refreshes: that is nobody, and need not be drawn. */
const FURTHEST_AHEAD = 20;
/** The store counts remaining TTLs in whole milliseconds. */
const ROUNDING_MS = 1;

/** Loads stale entries anew behind their readers' backs, one at a time a key in the process, and one in the fleet. */
export class Refresh<K, V> {
  readonly #running = new Set<string>();

  constructor(
    private readonly definition: CacheDefinition<K, V>,
    private readonly tiers: Tiers,
    private readonly parts: {
      readonly lookup: Lookup<K, V>;
      readonly loader: Loader<K, V>;
      readonly local: LocalReads<V>;
    },
  ) {}

  /** Refreshes what is served stale, and sometimes what soon will be. */
  ifDue(request: ReadRequest<V>, { result, ttlMs }: ReadOutcome<V>): void {
    if (result === 'stale' || this.#isDueAhead(ttlMs)) this.#start(request, ttlMs);
  }

  /** Whether what is fresh for `freshForMs` more may be due: a reader that is told so has to ask {@link ifDue}. */
  mayBeDue(freshForMs: number): boolean {
    return this.#isAhead && freshForMs < FURTHEST_AHEAD * this.parts.loader.loadMs;
  }

  #isDueAhead(freshForMs: number): boolean {
    return this.#isAhead && refreshesEarly(this.parts.loader.loadMs, freshForMs, this.tiers.clock.random());
  }

  get #isAhead(): boolean {
    return this.definition.staleWhileRevalidate !== undefined;
  }

  /** Returns at once. A refresh that fails leaves the entry as it is, for the next reader to try again. */
  #start(request: ReadRequest<V>, freshForMs: number): void {
    const { name } = request.slot;
    if (this.#running.has(name)) return;
    this.#running.add(name);
    const refreshing = (behind: ReadRequest<V>): Promise<void> => this.#refresh(behind, freshForMs);
    const { load, loadBehind = load } = request;
    void LoadScope.outside(
      () => request.batch?.behind(request, refreshing) ?? refreshing({ ...request, load: loadBehind }),
    )
      // The origin's error belongs to no caller here; the entry ages on, and readers see the error once it is gone.
      .catch(() => {})
      .finally(() => this.#running.delete(name));
  }

  async #refresh(request: ReadRequest<V>, freshForMs: number): Promise<void> {
    const { slot, tags } = request;
    const { store, coherence } = this.tiers;
    const { session } = store;
    const { lookup, loader, local } = this.parts;
    if (session === undefined || !(await store.claim(slot.name, loader.leaseMs))) return;
    const ticket = coherence.reads.begin([slot.name, ...tags]);
    // Nobody waits for it.
    const visit = { session, ticket, budget: new StoreBudget(this.tiers.clock, Number.POSITIVE_INFINITY) };
    try {
      // Another process may have refreshed it since: what is fresh for longer than what was seen is as good as what we would load.
      const { found } = await lookup.read({ ...request, strong: true }, visit);
      if (found.kind !== 'value') return;
      const isNewer = found.freshness === 'fresh' && found.ttlMs - found.stored.softMs > freshForMs + ROUNDING_MS;
      if (isNewer) local.admitFound(slot, found, ticket);
      else await loader.loadOver(request, found, visit);
    } finally {
      coherence.reads.end(ticket);
      await store.unclaim(slot.name);
    }
  }
}
