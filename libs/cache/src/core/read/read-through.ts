import type { CacheDefinition } from '../policy/define-cache.js';
import type { CacheParts } from './read-services.js';
import type { Counters } from '../counters.js';
import { Evidence } from '../coherence/freshness-proof.js';
import { KnownAbsence } from '../context/known-absence.js';
import { LoadScope } from '../context/load-context.js';
import { Loader, missed } from './loader.js';
import type { LocalReads, LocalValue } from './l1.js';
import { Look } from './look.js';
import { Looks } from './looks.js';
import type { Lookup } from './l2-lookup.js';
import type { ReadOutcome } from '../read-result.js';
import { NESTED_PATIENCE_MS, type ReadRequest } from './read-request.js';
import { Refresh } from './refresh.js';
import { isRefusal } from '../policy/client-error.js';
import type { CapturedTag } from '../store/record-format.js';
import type { SlotLoad } from '../context/entry-load.js';
import { StorePath } from './l2-read.js';
import type { Tiers } from '../cache-runtime.js';

interface Flight<V> {
  readonly evidence: Evidence;
  readonly outcome: Promise<ReadOutcome<V>>;
}

/** One read, in the order it passes the tiers: L1, a flight to join, the store, the lease, the loader. */
export class ReadPath<K, V> {
  readonly #lookup: Lookup<K, V>;
  readonly #local: LocalReads<V>;
  readonly #counters: Counters;
  readonly #loader: Loader<K, V>;
  readonly #refresh: Refresh<K, V>;
  readonly #flights = new Map<string, Flight<V>>();
  readonly #store: StorePath<K, V>;
  readonly #looks: Looks<K, V>;

  constructor(
    definition: CacheDefinition<K, V>,
    private readonly tiers: Tiers,
    shared: CacheParts<K, V>,
  ) {
    const { lookup, local, counters } = shared;
    this.#lookup = lookup;
    this.#local = local;
    this.#counters = counters;
    this.#loader = new Loader(definition, tiers, counters, shared);
    this.#refresh = new Refresh(definition, tiers, { lookup, local, loader: this.#loader });
    this.#looks = new Looks(tiers, { lookup, local });
    this.#store = new StorePath(tiers, counters, { lookup, local, loader: this.#loader, refresh: this.#refresh });
  }

  /** The fresh entry that this process holds, where nothing is left to decide: the shortest way there is. */
  held(slot: string): LocalValue<V> | undefined {
    if (this.tiers.pending.size > 0 || LoadScope.current) return undefined;
    const held = this.#local.fresh(slot);
    if (!held || this.#refresh.mayBeDue(held.softAt - this.tiers.clock.now())) return undefined;
    this.#counters.tier('l1', true);
    this.#counters.read('hit');
    return held;
  }

  /** As {@link held}, with how it was found. */
  heldOutcome(slot: string): ReadOutcome<V> | undefined {
    const held = this.held(slot);
    return held && this.#local.outcome(held, this.tiers.clock.now());
  }

  /**
   * What the store has, where it is fresh and nothing is left to decide, counted as a hit. Else a look for {@link read} to go on from,
   * which the caller ends; `undefined` where the read is to begin by itself.
   */
  async find(place: Pick<ReadRequest<V>, 'slot' | 'tags'>): Promise<ReadOutcome<V> | Look<V> | undefined> {
    const { name } = place.slot;
    if (this.tiers.pending.size > 0 || LoadScope.current || this.#flights.has(name)) return undefined;
    // What is held and not fresh is the read's to judge.
    if (this.#local.find(name)) return undefined;
    const { joined, seen } = this.#looks.at(place);
    const found = await seen;
    if (!found || found instanceof Look) return joined ? undefined : found;
    const outcome = this.#local.outcomeOfFound(found);
    if (this.#refresh.mayBeDue(outcome.ttlMs)) return undefined;
    this.#counters.tier('l1', false);
    if (joined) this.#counters.collapsed();
    else this.#counters.tier(this.tiers.store.tier, true);
    this.#counters.read('hit');
    return joined ? { ...outcome, stored: false, collapsed: true } : outcome;
  }

  async read(request: ReadRequest<V>): Promise<ReadOutcome<V>> {
    const scope = LoadScope.current;
    if (scope?.writing) return this.#counted(this.#loader.loadOnly(request, 'within-write'));
    const loading = scope?.loading(request.slot.name);
    // Part of the read around it, which is the one that counts.
    if (loading) return this.#innermost(loading, request);
    if (KnownAbsence.answers(request)) return NOTHING;
    // A load must not store for a whole TTL what a lagging L1 told it.
    const strong = request.strong || scope !== undefined;
    const patienceMs = scope ? Math.min(request.patienceMs, NESTED_PATIENCE_MS) : request.patienceMs;
    return this.#counted(this.#pass({ ...request, strong, patienceMs }));
  }

  async #counted(reading: Promise<ReadOutcome<V>>): Promise<ReadOutcome<V>> {
    try {
      const outcome = await reading;
      this.#counters.read(outcome.result);
      return outcome;
    } catch (error) {
      this.#counters.read(isRefusal(error) ? 'miss' : 'error');
      throw error;
    }
  }

  async #pass(request: ReadRequest<V>): Promise<ReadOutcome<V>> {
    const { slot, tags } = request;
    if (this.tiers.pending.concerns(slot.name, tags)) {
      return this.#own(request, await this.#store.loadUnstored(request, 'pending'));
    }
    if (request.strong) return this.#own(request, await this.#readStore(request));
    const held = this.#local.find(slot.name);
    this.#counters.tier('l1', held !== undefined);
    if (held) {
      this.#refresh.ifDue(request, held);
      return held;
    }
    return this.#own(request, await (this.#join(request) ?? this.#fly(request)));
  }

  /** What was loaded for its caller only answers nobody else: whoever shared that load then loads on its own. */
  #own(request: ReadRequest<V>, outcome: ReadOutcome<V>): ReadOutcome<V> | Promise<ReadOutcome<V>> {
    const { onlyFor } = outcome;
    return onlyFor === undefined || onlyFor === request.load ? outcome : this.#loader.loadOnly(request, undefined);
  }

  /** Joining is reading L1: it takes an answer that was begun before. Not async: between no flight and a new one nothing runs. */
  #join({ slot, batch }: ReadRequest<V>): Promise<ReadOutcome<V>> | undefined {
    const flight = this.#flights.get(slot.name);
    if (!flight?.evidence.holds) return undefined;
    this.#counters.collapsed();
    const joined = flight.outcome.then((outcome) => ({ ...outcome, stored: false, collapsed: true }));
    return batch?.aside(joined) ?? joined;
  }

  #fly(request: ReadRequest<V>): Promise<ReadOutcome<V>> {
    const { name } = request.slot;
    const evidence = new Evidence(this.tiers, [name, ...request.tags]);
    const outcome = this.#land(request, evidence);
    this.#flights.set(name, { evidence, outcome });
    return outcome;
  }

  async #land(request: ReadRequest<V>, evidence: Evidence): Promise<ReadOutcome<V>> {
    const { name } = request.slot;
    try {
      return await this.#store.read(request, evidence.ticket);
    } finally {
      evidence.end();
      if (this.#flights.get(name)?.evidence === evidence) this.#flights.delete(name);
    }
  }

  async #readStore(request: ReadRequest<V>): Promise<ReadOutcome<V>> {
    const { reads } = this.tiers.coherence;
    const ticket = reads.begin([request.slot.name, ...request.tags]);
    try {
      return await this.#store.read(request, ticket);
    } finally {
      reads.end(ticket);
    }
  }

  /** The present versions of tags, for a value to carry that is about to be written; `undefined` where one has none. */
  async versions(tags: readonly string[]): Promise<readonly CapturedTag[] | undefined> {
    const sighted = await this.#lookup.tags(tags).catch(() => undefined);
    return sighted && this.#loader.capture(sighted).catch(() => undefined);
  }

  /** Runs `work` where it is known that there is no value: reads of this entry in there answer so at once. */
  knowingAbsence<T>(entry: Pick<ReadRequest<V>, 'slot' | 'tags'>, work: () => Promise<T>): Promise<T> {
    return KnownAbsence.within(entry, this.tiers, work);
  }

  /** A read of a slot that is being loaded around it: the loader runs, and the outermost load stores what it returns. */
  async #innermost(loading: SlotLoad, request: ReadRequest<V>): Promise<ReadOutcome<V>> {
    const known = request.strong ? undefined : loading.known;
    const value = known ? (known.value as V | undefined) : await request.load();
    loading.produced(value);
    return missed<V>({ value, json: undefined, etag: undefined });
  }
}

const NOTHING = missed<never>({ value: undefined, json: undefined, etag: undefined });
