import type { CacheDefinition } from '../policy/define-cache.js';
import type { ReadServices } from './read-services.js';
import type { Counters } from '../counters.js';
import { FreshnessProof } from '../coherence/freshness-proof.js';
import { KnownAbsence } from '../context/known-absence.js';
import { LoadContext } from '../context/load-context.js';
import { Loader, missResult } from './loader.js';
import type { L1, L1Value } from './l1.js';
import { Look } from './look.js';
import { Looks } from './looks.js';
import type { L2Lookup } from './l2-lookup.js';
import type { ReadResult } from '../read-result.js';
import { NESTED_PATIENCE_MS, type ReadRequest } from './read-request.js';
import { Refresh } from './refresh.js';
import { isClientError } from '../policy/client-error.js';
import type { CapturedTag } from '../store/record-format.js';
import type { EntryLoad } from '../context/entry-load.js';
import { L2Read } from './l2-read.js';
import type { CacheRuntime } from '../cache-runtime.js';

interface Flight<V> {
  readonly proof: FreshnessProof;
  readonly result: Promise<ReadResult<V>>;
}

/** One read, in the order it passes the tiers: L1, a flight to join, the store, the lease, the loader. */
export class ReadThrough<K, V> {
  readonly #l2Lookup: L2Lookup<K, V>;
  readonly #l1: L1<V>;
  readonly #counters: Counters;
  readonly #loader: Loader<K, V>;
  readonly #refresh: Refresh<K, V>;
  readonly #flights = new Map<string, Flight<V>>();
  readonly #l2: L2Read<K, V>;
  readonly #looks: Looks<K, V>;

  constructor(
    definition: CacheDefinition<K, V>,
    private readonly runtime: CacheRuntime,
    shared: ReadServices<K, V>,
  ) {
    const { l2Lookup, l1, counters } = shared;
    this.#l2Lookup = l2Lookup;
    this.#l1 = l1;
    this.#counters = counters;
    this.#loader = new Loader(definition, runtime, counters, shared);
    this.#refresh = new Refresh(definition, runtime, { l2Lookup, l1, loader: this.#loader });
    this.#looks = new Looks(runtime, { l2Lookup, l1 });
    this.#l2 = new L2Read(runtime, counters, { l2Lookup, l1, loader: this.#loader, refresh: this.#refresh });
  }

  /** The fresh entry that this process holds, where nothing is left to decide: the shortest way there is. */
  getFromMemory(recordKey: string): L1Value<V> | undefined {
    if (this.runtime.pending.size > 0 || LoadContext.current) return undefined;
    const held = this.#l1.getFresh(recordKey);
    if (!held || this.#refresh.mayBeDue(held.freshUntil - this.runtime.clock.now())) return undefined;
    this.#counters.tier('l1', true);
    this.#counters.read('hit');
    return held;
  }

  /** As {@link held}, with how it was found. */
  resultFromMemory(recordKey: string): ReadResult<V> | undefined {
    const held = this.getFromMemory(recordKey);
    return held && this.#l1.resultOf(held, this.runtime.clock.now());
  }

  /**
   * What the store has, where it is fresh and nothing is left to decide, counted as a hit. Else a look for {@link read} to go on from,
   * which the caller ends; `undefined` where the read is to begin by itself.
   */
  async find(place: Pick<ReadRequest<V>, 'record' | 'tags'>): Promise<ReadResult<V> | Look<V> | undefined> {
    const { key } = place.record;
    if (this.runtime.pending.size > 0 || LoadContext.current || this.#flights.has(key)) return undefined;
    // What is held and not fresh is the read's to judge.
    if (this.#l1.get(key)) return undefined;
    const { joined, seen } = this.#looks.at(place);
    const found = await seen;
    if (!found || found instanceof Look) return joined ? undefined : found;
    const result = this.#l1.resultOfFetched(found);
    if (this.#refresh.mayBeDue(result.ttlMs)) return undefined;
    this.#counters.tier('l1', false);
    if (joined) this.#counters.collapsed();
    else this.#counters.tier(this.runtime.store.tier, true);
    this.#counters.read('hit');
    return joined ? { ...result, stored: false, collapsed: true } : result;
  }

  async read(request: ReadRequest<V>): Promise<ReadResult<V>> {
    const scope = LoadContext.current;
    if (scope?.isWrite) return this.#counted(this.#loader.load(request, 'within-write'));
    const loading = scope?.findLoad(request.record.key);
    // Part of the read around it, which is the one that counts.
    if (loading) return this.#readNested(loading, request);
    if (KnownAbsence.answers(request)) return NOTHING;
    // A load must not store for a whole TTL what a lagging L1 told it.
    const strong = request.strong || scope !== undefined;
    const patienceMs = scope ? Math.min(request.patienceMs, NESTED_PATIENCE_MS) : request.patienceMs;
    return this.#counted(this.#readTiers({ ...request, strong, patienceMs }));
  }

  async #counted(reading: Promise<ReadResult<V>>): Promise<ReadResult<V>> {
    try {
      const result = await reading;
      this.#counters.read(result.status);
      return result;
    } catch (error) {
      this.#counters.read(isClientError(error) ? 'miss' : 'error');
      throw error;
    }
  }

  async #readTiers(request: ReadRequest<V>): Promise<ReadResult<V>> {
    const { record, tags } = request;
    if (this.runtime.pending.affects(record.key, tags)) {
      return this.#ensureShareable(request, await this.#l2.loadWithoutStoring(request, 'pending'));
    }
    if (request.strong) return this.#ensureShareable(request, await this.#readStore(request));
    const held = this.#l1.get(record.key);
    this.#counters.tier('l1', held !== undefined);
    if (held) {
      this.#refresh.ifDue(request, held);
      return held;
    }
    return this.#ensureShareable(request, await (this.#joinFlight(request) ?? this.#startFlight(request)));
  }

  /** What was loaded for its caller only answers nobody else: whoever shared that load then loads on its own. */
  #ensureShareable(request: ReadRequest<V>, result: ReadResult<V>): ReadResult<V> | Promise<ReadResult<V>> {
    const { privateTo } = result;
    return privateTo === undefined || privateTo === request.load ? result : this.#loader.load(request, undefined);
  }

  /** Joining is reading L1: it takes an answer that was begun before. Not async: between no flight and a new one nothing runs. */
  #joinFlight({ record, batch }: ReadRequest<V>): Promise<ReadResult<V>> | undefined {
    const flight = this.#flights.get(record.key);
    if (!flight?.proof.isValid) return undefined;
    this.#counters.collapsed();
    const joined = flight.result.then((result) => ({ ...result, stored: false, collapsed: true }));
    return batch?.suspendWhile(joined) ?? joined;
  }

  #startFlight(request: ReadRequest<V>): Promise<ReadResult<V>> {
    const { key } = request.record;
    const proof = new FreshnessProof(this.runtime, [key, ...request.tags]);
    const result = this.#runFlight(request, proof);
    this.#flights.set(key, { proof, result });
    return result;
  }

  async #runFlight(request: ReadRequest<V>, proof: FreshnessProof): Promise<ReadResult<V>> {
    const { key } = request.record;
    try {
      return await this.#l2.read(request, proof.inFlightRead);
    } finally {
      proof.release();
      if (this.#flights.get(key)?.proof === proof) this.#flights.delete(key);
    }
  }

  async #readStore(request: ReadRequest<V>): Promise<ReadResult<V>> {
    const { inFlightReads } = this.runtime.coherence;
    const inFlightRead = inFlightReads.begin([request.record.key, ...request.tags]);
    try {
      return await this.#l2.read(request, inFlightRead);
    } finally {
      inFlightReads.end(inFlightRead);
    }
  }

  /** The present versions of tags, for a value to carry that is about to be written; `undefined` where one has none. */
  async versions(tags: readonly string[]): Promise<readonly CapturedTag[] | undefined> {
    const sighted = await this.#l2Lookup.fetchTags(tags).catch(() => undefined);
    return sighted && this.#loader.capture(sighted).catch(() => undefined);
  }

  /** Runs `work` where it is known that there is no value: reads of this entry in there answer so at once. */
  knowingAbsence<T>(entry: Pick<ReadRequest<V>, 'record' | 'tags'>, work: () => Promise<T>): Promise<T> {
    return KnownAbsence.within(entry, this.runtime, work);
  }

  /** A read of a slot that is being loaded around it: the loader runs, and the outermost load stores what it returns. */
  async #readNested(loading: EntryLoad, request: ReadRequest<V>): Promise<ReadResult<V>> {
    const known = request.strong ? undefined : loading.result;
    const value = known ? (known.value as V | undefined) : await request.load();
    loading.setResult(value);
    return missResult<V>({ value, json: undefined, etag: undefined });
  }
}

const NOTHING = missResult<never>({ value: undefined, json: undefined, etag: undefined });
