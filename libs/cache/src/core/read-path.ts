import type { CacheDefinition } from './cache-definition.js';
import { CacheError } from './cache-error.js';
import type { Counters } from './counters.js';
import { EntryMaker } from './entry-maker.js';
import type { Entry } from './entry.js';
import { refreshesEarly } from './freshness.js';
import { LoadScope } from './load-scope.js';
import { Loader, missed } from './loader.js';
import { LocalReads, outcomeOf } from './local-reads.js';
import { type FoundValue, Lookup, type TagSighting } from './lookup.js';
import type { ReadDetail, ReadOutcome } from './read-outcome.js';
import type { ReadRequest } from './read-request.js';
import type { Ticket } from './reads-in-flight.js';
import { Refresh } from './refresh.js';
import { isRefusal } from './refusal.js';
import { SingleFlight } from './single-flight.js';
import type { CapturedTag } from './slot.js';
import type { Tiers } from './tiers.js';

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 40;
/** Two loads that read each other's keys would wait for ever. */
const NESTED_PATIENCE_MS = 250;

/** What one look at the store came to; `undefined` when another process is loading and it is to be looked at again. */
type Looked<V> = ReadOutcome<V> | undefined;

/** A slot that may be filled. */
interface Vacancy {
  readonly invalidFillId: string | undefined;
  readonly tags: readonly TagSighting[];
}

interface Flight<V> {
  readonly ticket: Ticket;
  /** Until when what it relies on was certain, in milliseconds of the clock: its answer is no older than that. */
  readonly evidenceAt: number;
  readonly outcome: Promise<ReadOutcome<V>>;
}

/** One read, in the order it passes the tiers: L1, a flight to join, the store, the lease, the loader. */
export class ReadPath<K, V> {
  readonly #lookup: Lookup<K, V>;
  readonly #local: LocalReads<V>;
  readonly #loader: Loader<K, V>;
  readonly #refresh: Refresh<K, V>;
  readonly #flights = new Map<string, Flight<V>>();
  readonly #loads = new SingleFlight<ReadOutcome<V> | undefined>();
  readonly #refreshesAhead: boolean;

  constructor(
    definition: CacheDefinition<K, V>,
    private readonly tiers: Tiers,
    private readonly counters: Counters,
  ) {
    this.#refreshesAhead = definition.staleWhileRevalidate !== undefined;
    this.#lookup = new Lookup(definition, tiers);
    this.#local = new LocalReads(tiers);
    const maker = new EntryMaker(definition, tiers, counters);
    this.#loader = new Loader(definition, tiers, counters, { maker, local: this.#local });
    this.#refresh = new Refresh(tiers, this.#lookup, this.#loader, this.#local);
  }

  /** The fresh entry that this process holds, where nothing is left to decide: the shortest way there is. */
  held(slot: string): Entry<V> | undefined {
    if (this.tiers.pending.size > 0 || LoadScope.current) return undefined;
    const held = this.#local.fresh(slot);
    if (!held || this.#isDueAhead(held.softAt - this.tiers.clock.now())) return undefined;
    this.counters.tier('l1', true);
    this.counters.read('hit');
    // A slot's name holds its cache's name, and a name is registered once: the entry is one of this cache's.
    return held.entry as Entry<V>;
  }

  async read(request: ReadRequest<V>): Promise<ReadOutcome<V>> {
    const scope = LoadScope.current;
    if (scope?.writing) return this.#counted(this.#loader.loadOnly(request, 'within-write'));
    const loading = scope?.loading(request.slot.name);
    // Part of the read around it, which is the one that counts.
    if (loading) return this.#innermost(loading, request);
    // A load must not store for a whole TTL what a lagging L1 told it.
    const strong = request.strong || scope !== undefined;
    const patienceMs = scope ? Math.min(request.patienceMs, NESTED_PATIENCE_MS) : request.patienceMs;
    return this.#counted(this.#pass({ ...request, strong, patienceMs }));
  }

  async #counted(reading: Promise<ReadOutcome<V>>): Promise<ReadOutcome<V>> {
    try {
      const outcome = await reading;
      this.counters.read(outcome.result);
      return outcome;
    } catch (error) {
      this.counters.read('error');
      throw error;
    }
  }

  async #pass(request: ReadRequest<V>): Promise<ReadOutcome<V>> {
    const { slot, tags } = request;
    if (this.tiers.pending.concerns(slot.name, tags)) return this.#loadUnstored(request, 'pending');
    if (request.strong) return this.#readStore(request);
    const held = this.#local.find(slot.name);
    this.counters.tier('l1', held !== undefined);
    if (held) {
      this.#refreshIfDue(request, held);
      return held;
    }
    return this.#join(request) ?? this.#fly(request);
  }

  /** Joining is reading L1: it takes an answer that was begun before. Not async: between no flight and a new one nothing runs. */
  #join({ slot, batch }: ReadRequest<V>): Promise<ReadOutcome<V>> | undefined {
    const flight = this.#flights.get(slot.name);
    const { coherence, clock } = this.tiers;
    if (!flight || flight.ticket.detached || !coherence.bounds(flight.evidenceAt, clock.now())) return undefined;
    this.counters.collapsed();
    const joined = flight.outcome.then((outcome) => ({ ...outcome, stored: false, collapsed: true }));
    return batch?.aside(joined) ?? joined;
  }

  #fly(request: ReadRequest<V>): Promise<ReadOutcome<V>> {
    const { name } = request.slot;
    const { reads, evidenceAt } = this.tiers.coherence;
    const ticket = reads.begin([name, ...request.tags]);
    const outcome = this.#readStoreWith(request, ticket).finally(() => {
      reads.end(ticket);
      if (this.#flights.get(name)?.ticket === ticket) this.#flights.delete(name);
    });
    this.#flights.set(name, { ticket, evidenceAt, outcome });
    return outcome;
  }

  async #readStore(request: ReadRequest<V>): Promise<ReadOutcome<V>> {
    const { reads } = this.tiers.coherence;
    const ticket = reads.begin([request.slot.name, ...request.tags]);
    try {
      return await this.#readStoreWith(request, ticket);
    } finally {
      reads.end(ticket);
    }
  }

  /** Looks, and loads where nothing usable is found; while another process loads, looks again until patience ends. */
  async #readStoreWith(request: ReadRequest<V>, ticket: Ticket): Promise<ReadOutcome<V>> {
    const { clock } = this.tiers;
    const endsAt = clock.now() + request.patienceMs;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      const outcome = await this.#look(request, ticket);
      if (outcome) return outcome;
      if (clock.now() >= endsAt) return this.#loadUnstored(request, undefined);
      await (request.batch ?? clock).sleep(pause * (0.5 + clock.random()));
    }
  }

  /** One look at the store, with what follows from it; `undefined` when another is loading. */
  async #look(request: ReadRequest<V>, ticket: Ticket): Promise<Looked<V>> {
    const { session } = this.tiers.store;
    const sighting =
      session === undefined ? undefined : await this.#lookup.read(request, ticket).catch(() => undefined);
    if (session === undefined || !sighting) {
      return this.#loadUnstored(request, 'unavailable');
    }
    const { found } = sighting;
    this.counters.tier(this.tiers.store.tier, found.kind === 'value' && found.freshness !== 'spare');
    switch (found.kind) {
      case 'value':
        return this.#serve(request, found, session, ticket);
      case 'vacant':
        return this.#share(request, () => this.#fill(request, { ...found, tags: sighting.tags }, session, ticket));
      case 'loading':
        return undefined;
      case 'failed':
        throw new CacheError(
          'CACHE_ORIGIN_FAILED',
          `The origin failed a moment ago (${found.code}); it is not asked again yet.`,
        );
      case 'newer':
        return this.#loadUnstored(request, undefined);
      case 'writing':
        return this.#loadUnstored(request, 'write-intent');
    }
  }

  async #serve(request: ReadRequest<V>, found: FoundValue<V>, session: string, ticket: Ticket): Promise<Looked<V>> {
    if (found.freshness === 'spare') return this.#replaceSpare(request, found, session, ticket);
    this.#local.admitFound(request.slot, found, ticket);
    const { stored, ttlMs, entry } = found;
    const outcome = outcomeOf(entry, {
      ttlMs: ttlMs - stored.softMs,
      ageMs: Math.max(0, stored.hardMs - ttlMs),
      tier: this.tiers.store.tier,
    });
    this.#refreshIfDue(request, outcome);
    return outcome;
  }

  /** The value is kept only in case the origin fails: load, and fall back on it then. */
  async #replaceSpare(
    request: ReadRequest<V>,
    found: FoundValue<V>,
    session: string,
    ticket: Ticket,
  ): Promise<Looked<V>> {
    const { store } = this.tiers;
    const claimed = await store.claim(request.slot.name, this.#loader.leaseMs).catch(() => false);
    if (!claimed) return undefined;
    try {
      return await this.#share(request, () => this.#loader.loadOver(request, found, session, ticket));
    } catch (error) {
      if (isRefusal(error)) throw error;
      const { entry, stored, ttlMs } = found;
      const outcome = outcomeOf(entry, {
        ttlMs: ttlMs - stored.softMs,
        ageMs: stored.hardMs - ttlMs,
        tier: store.tier,
      });
      return { ...outcome, detail: 'stale-if-error' };
    } finally {
      void store.unclaim(request.slot.name).catch(() => {});
    }
  }

  async #fill(
    request: ReadRequest<V>,
    { invalidFillId, tags }: Vacancy,
    session: string,
    ticket: Ticket,
  ): Promise<Looked<V>> {
    const captured = await this.#loader.capture(tags).catch(() => 'unavailable' as const);
    if (captured === 'unavailable') return this.#loader.loadOnly(request, 'unavailable');
    if (!captured) return this.#loader.loadOnly(request, 'write-intent');
    const token = this.tiers.clock.id();
    const lease = { token, leaseMs: this.#loader.leaseMs, invalidFillId };
    const lost = await this.tiers.store.acquire(request.slot.name, lease).catch(() => 'unavailable' as const);
    if (lost === 'unavailable') return this.#loader.loadOnly(request, 'unavailable');
    // Somebody was faster: what stands there now is looked at like anything else.
    if (lost) return undefined;
    return this.#loader.loadUnderLease(request, captured, { token, session }, ticket);
  }

  /** What is stored and fresh now, without loading. @throws when the store is away. */
  async peek({ slot, tags }: Pick<ReadRequest<V>, 'slot' | 'tags'>): Promise<V | undefined> {
    const scope = LoadScope.current;
    if (scope?.writing || this.tiers.pending.concerns(slot.name, tags)) return undefined;
    const held = scope ? undefined : this.#local.find(slot.name);
    if (held?.result === 'hit') return held.answer.value;
    const { reads } = this.tiers.coherence;
    const ticket = reads.begin([slot.name, ...tags]);
    try {
      const { found } = await this.#lookup.read({ slot, tags, strong: scope !== undefined }, ticket);
      if (found.kind !== 'value' || found.freshness !== 'fresh') return undefined;
      this.#local.admitFound(slot, found, ticket);
      return found.entry.value;
    } finally {
      reads.end(ticket);
    }
  }

  /** The present versions of tags, for a value to carry that is about to be written; `undefined` where one has none. */
  async versions(tags: readonly string[]): Promise<readonly CapturedTag[] | undefined> {
    const sighted = await this.#lookup.tags(tags).catch(() => undefined);
    return sighted && this.#loader.capture(sighted).catch(() => undefined);
  }

  /** A read of a slot that is being loaded around it: the loader runs, and the outermost load stores what it returns. */
  async #innermost(loading: LoadScope, request: ReadRequest<V>): Promise<ReadOutcome<V>> {
    const known = loading.known;
    const value = known ? (known.value as V | undefined) : await request.load();
    loading.produced(value);
    return missed<V>({ value, json: undefined, etag: undefined });
  }

  /** Within a load nothing is shared: two loads that wait for each other's runs would wait for ever. So would two batches. */
  #share(request: ReadRequest<V>, work: () => Promise<Looked<V>>): Promise<Looked<V>> {
    return LoadScope.current || request.batch ? work() : this.#loads.run(request.slot.name, work);
  }

  /** Loads for the caller, and for whoever shares it, and stores nothing. */
  async #loadUnstored(request: ReadRequest<V>, detail: ReadDetail | undefined): Promise<ReadOutcome<V>> {
    const outcome = await this.#share(request, () => this.#loader.loadOnly(request, detail));
    // A shared run can be one that lost its lease to another process: this caller then asks the origin on its own.
    return outcome ?? this.#loader.loadOnly(request, detail);
  }

  #refreshIfDue(request: ReadRequest<V>, { result, ttlMs }: ReadOutcome<V>): void {
    if (result === 'stale') this.#refresh.start(request, 'stale');
    else if (this.#isDueAhead(ttlMs)) this.#refresh.start(request, 'ahead');
  }

  #isDueAhead(freshForMs: number): boolean {
    return this.#refreshesAhead && refreshesEarly(this.#loader.loadMs, freshForMs, this.tiers.clock.random());
  }
}
