import type { Loader } from './loader.js';
import { LoadScope } from './load-scope.js';
import type { LocalReads } from './local-reads.js';
import type { Lookup } from './lookup.js';
import type { ReadRequest } from './read-request.js';
import type { Tiers } from './tiers.js';

/** Loads stale entries anew behind their readers' backs, one at a time a key in the process, and one in the fleet. */
export class Refresh<K, V> {
  readonly #running = new Set<string>();

  constructor(
    private readonly tiers: Tiers,
    private readonly lookup: Lookup<K, V>,
    private readonly loader: Loader<K, V>,
    private readonly local: LocalReads<V>,
  ) {}

  /** Returns at once. A refresh that fails leaves the entry as it is, for the next reader to try again. */
  start(request: ReadRequest<V>, why: 'stale' | 'ahead'): void {
    const { name } = request.slot;
    if (this.#running.has(name)) return;
    this.#running.add(name);
    const refreshing = (behind: ReadRequest<V>): Promise<void> => this.#refresh(behind, why);
    void LoadScope.outside(() => request.batch?.behind(request, refreshing) ?? refreshing(request))
      // The origin's error belongs to no caller here; the entry ages on, and readers see the error once it is gone.
      .catch(() => {})
      .finally(() => this.#running.delete(name));
  }

  async #refresh(request: ReadRequest<V>, why: 'stale' | 'ahead'): Promise<void> {
    const { slot, tags } = request;
    const { store, coherence } = this.tiers;
    const { session } = store;
    if (session === undefined || !(await store.claim(slot.name, this.loader.leaseMs))) return;
    const ticket = coherence.reads.begin([slot.name, ...tags]);
    try {
      // Another process may have refreshed it since: what it stored is as good as what we would.
      const { found } = await this.lookup.read({ ...request, strong: true }, ticket);
      if (found.kind !== 'value') return;
      if (found.freshness === 'fresh' && why === 'stale') this.local.admitFound(slot, found, ticket);
      else await this.loader.loadOver(request, found, session, ticket);
    } finally {
      coherence.reads.end(ticket);
      await store.unclaim(slot.name);
    }
  }
}
