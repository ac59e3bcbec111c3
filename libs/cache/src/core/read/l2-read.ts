import { CacheError } from '../errors.js';
import type { Counters } from '../counters.js';
import { LoadScope } from '../context/load-context.js';
import type { Loader } from './loader.js';
import type { LocalReads } from './l1.js';
import type { Look } from './look.js';
import type { Lookup } from './l2-lookup.js';
import type { ReadDetail, ReadOutcome } from '../read-result.js';
import type { ReadRequest } from './read-request.js';
import type { Ticket } from '../coherence/in-flight-reads.js';
import { type FoundValue, isUnreadable, type Sighting, type Vacant } from './lookup-result.js';
import type { Refresh } from './refresh.js';
import { isRefusal } from '../policy/client-error.js';
import { SingleFlight } from '../concurrency/single-flight.js';
import { StoreBudget, type Visit } from './time-budget.js';
import type { Tiers } from '../cache-runtime.js';

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 40;

/** What one look at the store came to; `undefined` when another process is loading and it is to be looked at again. */
type Looked<V> = ReadOutcome<V> | undefined;

/** The part of a read behind L1: a look at the store, the lease, the loader. */
export class StorePath<K, V> {
  readonly #loads = new SingleFlight<ReadOutcome<V> | undefined>();

  constructor(
    private readonly tiers: Tiers,
    private readonly counters: Counters,
    private readonly parts: {
      readonly lookup: Lookup<K, V>;
      readonly local: LocalReads<V>;
      readonly loader: Loader<K, V>;
      readonly refresh: Refresh<K, V>;
    },
  ) {}

  /** Looks, and loads where nothing usable is found; while another process loads, looks again until patience ends. */
  async read(request: ReadRequest<V>, ticket: Ticket): Promise<ReadOutcome<V>> {
    const { clock } = this.tiers;
    const endsAt = clock.now() + request.patienceMs;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      const outcome = await this.#look(request, ticket);
      if (outcome) return outcome;
      if (clock.now() >= endsAt) {
        this.counters.tier(this.tiers.store.tier, false);
        return this.loadUnstored(request, undefined);
      }
      await (request.batch ?? clock).sleep(pause * (0.5 + clock.random()));
    }
  }

  /** Loads for the caller, and for whoever shares it, and stores nothing. */
  async loadUnstored(request: ReadRequest<V>, detail: ReadDetail | undefined): Promise<ReadOutcome<V>> {
    const { loader } = this.parts;
    const outcome = await this.#share(request, () => loader.loadOnly(request, detail));
    // A shared run can be one that lost its lease to another process: this caller then asks the origin on its own.
    return outcome ?? loader.loadOnly(request, detail);
  }

  /** One look at the store, with what follows from it. */
  async #look(request: ReadRequest<V>, ticket: Ticket): Promise<Looked<V>> {
    const { sighting, visit } = request.look?.take(request.slot.name) ?? (await this.#see(request, ticket));
    if (!sighting || !visit) return this.loadUnstored(request, 'unavailable');
    let again = false;
    try {
      const looked = await this.#follow(request, sighting, visit);
      again = looked === undefined;
      return looked;
    } finally {
      // A read counts once, by its last look.
      if (!again) this.#count(sighting.found);
    }
  }

  /** Without a sighting where the store is away, or too slow. */
  async #see(request: ReadRequest<V>, ticket: Ticket): Promise<Partial<Pick<Look<V>, 'sighting' | 'visit'>>> {
    const { session } = this.tiers.store;
    if (session === undefined) return {};
    const visit: Visit = { session, ticket, budget: StoreBudget.of(this.tiers) };
    const sighting = await this.parts.lookup.read(request, visit).catch(() => undefined);
    return { sighting, visit };
  }

  #count(found: Sighting<V>['found']): void {
    this.counters.tier(this.tiers.store.tier, found.kind === 'value' && found.freshness !== 'spare');
    if (isUnreadable(found)) this.counters.unreadable();
  }

  async #follow(request: ReadRequest<V>, { found, tags }: Sighting<V>, visit: Visit): Promise<Looked<V>> {
    switch (found.kind) {
      case 'value':
        return found.freshness === 'spare'
          ? this.#replaceSpare(request, found, visit)
          : this.#serve(request, found, visit);
      case 'vacant':
        return this.#share(request, () => this.#fill(request, { found, tags }, visit));
      case 'loading':
        return undefined;
      case 'failed':
        throw new CacheError(
          'CACHE_ORIGIN_FAILED',
          `The origin failed a moment ago (${found.code}); it is not asked again yet.`,
        );
      case 'newer':
        return this.loadUnstored(request, undefined);
      case 'writing':
        return this.loadUnstored(request, 'write-intent');
    }
  }

  #serve(request: ReadRequest<V>, found: FoundValue<V>, { ticket }: Visit): ReadOutcome<V> {
    this.parts.local.admitFound(request.slot, found, ticket);
    const outcome = this.parts.local.outcomeOfFound(found);
    this.parts.refresh.ifDue(request, outcome);
    return outcome;
  }

  /** The value is kept only in case the origin fails: load, and fall back on it then. */
  async #replaceSpare(request: ReadRequest<V>, found: FoundValue<V>, visit: Visit): Promise<Looked<V>> {
    const { store } = this.tiers;
    const { loader } = this.parts;
    const { name } = request.slot;
    // The claim only spares the origin: where it cannot be asked for, nobody waits for it.
    const claimed = await visit.budget.step(() => store.claim(name, loader.leaseMs)).catch(() => true);
    if (!claimed) return undefined;
    try {
      return await this.#share(request, () => loader.loadOver(request, found, visit));
    } catch (error) {
      if (isRefusal(error)) throw error;
      return { ...this.parts.local.outcomeOfFound(found), detail: 'stale-if-error' };
    } finally {
      void store.unclaim(name).catch(() => {});
    }
  }

  /** Captures the tags, then takes the lease, then loads: what is invalidated after the first of these is not stored. */
  async #fill(request: ReadRequest<V>, { found, tags }: Vacancy, visit: Visit): Promise<Looked<V>> {
    const { store, clock } = this.tiers;
    const { loader } = this.parts;
    const captured = await visit.budget.step(() => loader.capture(tags)).catch(() => 'unavailable' as const);
    if (captured === 'unavailable') return loader.loadOnly(request, 'unavailable');
    if (!captured) return loader.loadOnly(request, 'write-intent');
    const token = clock.id();
    const lease = { token, leaseMs: loader.leaseMs, invalidFillId: found.invalidFillId };
    const taken = await visit.budget
      .step(() => store.acquire(request.slot.name, lease))
      .catch(() => 'unavailable' as const);
    if (taken === 'unavailable') return loader.loadOnly(request, 'unavailable');
    // Somebody was faster: what stands there now is looked at like anything else.
    if (!taken) return undefined;
    return loader.loadUnderLease(request, { captured, token }, visit);
  }

  /** Within a load nothing is shared: two loads that wait for each other's runs would wait for ever. So would two batches. */
  #share(request: ReadRequest<V>, work: () => Promise<Looked<V>>): Promise<Looked<V>> {
    return LoadScope.current || request.batch ? work() : this.#loads.run(request.slot.name, work);
  }
}

/** A slot that may be filled, with the tags as they were seen with it. */
interface Vacancy {
  readonly found: Vacant;
  readonly tags: Sighting<unknown>['tags'];
}
