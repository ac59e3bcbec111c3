import type { CacheRuntime } from '../cache-runtime.js';
import type { Flight } from '../coherence/in-flight-reads.js';
import { LoadAbandoned } from '../context/load-abandoned.js';
import { EntryLoad, LoadContext } from '../context/load-context.js';
import type { FoundValue, LookupResult } from '../read/lookup-result.js';
import type { FoundAhead } from '../read/read-request.js';
import type { ReadServices } from '../read/read-services.js';
import type { ReadThrough } from '../read/read-through.js';
import { isOriginFailure, type StoreRight } from '../read/loader.js';
import type { ReadResult } from '../read-result.js';
import type { EntryRef } from '../store/key-resolver.js';
import { type CapturedTag, leasePrefix } from '../store/record-format.js';

/** One page, and how its entries are loaded. */
export interface Page<K, V> {
  readonly refs: readonly EntryRef<K>[];
  readonly strong: boolean;
  /** Whether the page has no keys besides `refs`. */
  readonly isWhole: boolean;
  /** Receives the values of the entries, by record key. */
  readonly values: Map<string | symbol, V | undefined>;
  /** Calls the origin once. Returns the values by record key. */
  load(refs: readonly EntryRef<K>[]): Promise<ReadonlyMap<string | symbol, V | undefined>>;
  /** Reads all keys without a value one by one. It must begin these reads before it awaits anything. */
  readEach(found: ReadonlyMap<string, FoundAhead<V>>, storeFailed: boolean): Promise<void>;
}

interface OpenRead<K, V> {
  readonly ref: EntryRef<K>;
  readonly flight: Flight<ReadResult<V>>;
  readonly result: LookupResult<V>;
  /** The connection on which it was looked up. */
  readonly session: string;
}

interface Lease {
  readonly token: string;
  readonly lastStepAt: number;
  /** When the page was begun to be read, on the clock of the cache. */
  readonly startedAt: number;
}

/**
 * Reads a page of entries that are all fresh or absent: one lookup, which leases the absent ones, one load, and one turn in which
 * they are stored. If an entry is in any other state, the entries without a value are read one by one, each from what the lookup
 * found.
 */
export class PageRead<K, V> {
  constructor(
    private readonly runtime: CacheRuntime,
    private readonly services: ReadServices<K, V>,
    private readonly reads: Pick<ReadThrough<K, V>, 'flights' | 'loader' | 'refresh'>,
  ) {}

  /** Whether an entry can be read with its page: nothing else decides about it in this process. */
  accepts({ record, tags }: EntryRef<K>, strong: boolean): boolean {
    const isInFlight = !strong && this.reads.flights.find(record.key) !== undefined;
    return (
      !isInFlight && !this.runtime.pending.affects(record.key, tags) && !LoadContext.innermost?.isAbsent(record.key)
    );
  }

  /** @throws the error of `page.load`, or of a read of its own. */
  async read(page: Page<K, V>): Promise<void> {
    const { store, clock, coherence } = this.runtime;
    const { refs, strong } = page;
    const sessions = refs.map(({ record }) => store.sessionOf(record.key));
    if (LoadContext.current || sessions.includes(undefined)) return page.readEach(NONE, false);
    const flights = refs.map(({ record, tags }) => this.reads.flights.open(record.key, tags, !strong));
    const startedAt = clock.now();
    const lease = { token: clock.id(), lastStepAt: startedAt + store.deadlineMs, startedAt };
    const tagsRead = coherence.beginRead([...new Set(refs.flatMap(({ tags }) => tags))]);
    const { leaseMs } = this.services.origin;
    const found = await this.services.l2Lookup
      .fetchMany(refs, strong, tagsRead, { token: lease.token, leaseMs, replaces: undefined })
      .catch(() => undefined);
    if (!found) {
      const abandoned = new LoadAbandoned();
      flights.forEach((flight) => flight.reject(abandoned));
      return page.readEach(NONE, true);
    }
    const reads = refs.flatMap((ref, index): OpenRead<K, V>[] => {
      const [flight, result, session] = [flights[index], found[index], sessions[index]];
      return flight && result && session ? [{ ref, flight, result, session }] : [];
    });
    const missing = reads.filter((read) => !this.#serve(page, read, startedAt));
    const isPlain =
      page.isWhole && missing.every(({ result: { state } }) => state.kind === 'missing' && state.acquired);
    if (!isPlain) return this.#readEach(page, missing, lease);
    if (missing.length > 0) await this.#load(page, missing, lease);
  }

  /** Takes a value that is fresh and not due for a refresh. Returns whether it did. */
  #serve(
    { strong, values }: Page<K, V>,
    { ref, flight, result: { state } }: OpenRead<K, V>,
    startedAt: number,
  ): boolean {
    if (state.kind !== 'value' || !this.#isFresh(state)) return false;
    if (this.runtime.pending.affects(ref.record.key, ref.tags)) return false;
    const { counters, l1 } = this.services;
    if (!strong) counters.tiers.l1.misses += 1;
    counters.tiers[this.runtime.store.tier].hits += 1;
    const result = l1.resultOfFetched(state);
    counters.read(ref.record, result, this.runtime.clock.now() - startedAt);
    l1.putFetched(ref.record, state, flight);
    flight.resolve(result);
    values.set(ref.record.key, state.entry.value);
    return true;
  }

  #isFresh({ entry, freshness, ttlMs, stored }: FoundValue<V>): boolean {
    return freshness === 'fresh' && entry.readable && !this.reads.refresh.mayBeDue(ttlMs - stored.freshUntilMs);
  }

  /** Leaves the entries to reads of their own, which begin in this turn: no invalidation falls between the lookup and them. */
  #readEach(page: Page<K, V>, reads: readonly OpenRead<K, V>[], { token }: Lease): Promise<void> {
    const found = new Map<string, FoundAhead<V>>();
    const abandoned = new LoadAbandoned();
    for (const { ref, flight, result } of reads) {
      // After an invalidation the entry is looked up again.
      if (!flight.cachingPrevented) found.set(ref.record.key, { result, token });
      else if (result.state.kind === 'missing' && result.state.acquired)
        void this.runtime.store.release(ref.record.key, token).catch(() => {});
      flight.reject(abandoned);
    }
    return page.readEach(found, false);
  }

  async #load(page: Page<K, V>, reads: readonly OpenRead<K, V>[], lease: Lease): Promise<void> {
    const { loader } = this.reads;
    const { clock } = this.runtime;
    const { warn } = this.services.entryFactory;
    const captured = await this.#capture(reads, lease.lastStepAt);
    const loads = reads.flatMap(({ ref, flight, result, session }) => {
      const tags = captured.get(result.tags);
      return tags ? [{ ref, flight, session, tags, entryLoad: new EntryLoad(ref.record.key, flight) }] : [];
    });
    // A tag is being written, or the store does not answer.
    if (loads.length < reads.length) return this.#readEach(page, reads, lease);
    for (const { ref } of loads) this.runtime.observation.misses.missed(ref.record);
    const startedAt = clock.now();
    const right = { expected: leasePrefix(lease.token), token: lease.token };
    const values = await this.#call(page, loads, right, lease);
    await Promise.all(
      loads.map(async ({ ref, flight, session, tags, entryLoad }) => {
        const value = values.get(ref.record.key);
        const loaded = { value, shareable: entryLoad.isShareable(value, warn), thrown: undefined };
        const attempt = { session, lastStepAt: lease.lastStepAt, inFlightRead: flight };
        const result = await loader.store(ref, loaded, { tags, startedAt, right }, attempt);
        this.#countMiss(page);
        this.services.counters.read(ref.record, result, clock.now() - lease.startedAt);
        flight.resolve(result);
        page.values.set(ref.record.key, result.answer.value);
      }),
    );
  }

  /** Captures each list of tags once. A list that cannot be captured has none. */
  async #capture(
    reads: readonly OpenRead<K, V>[],
    lastStepAt: number,
  ): Promise<ReadonlyMap<LookupResult<V>['tags'], readonly CapturedTag[] | undefined>> {
    const lists = [...new Set(reads.map(({ result }) => result.tags))];
    return new Map(
      await Promise.all(
        lists.map(async (tags) => {
          try {
            return [tags, await this.reads.loader.tags.capture(tags, lastStepAt)] as const;
          } catch {
            return [tags, undefined] as const;
          }
        }),
      ),
    );
  }

  async #call(
    page: Page<K, V>,
    loads: readonly PageLoad<K, V>[],
    right: StoreRight,
    { startedAt }: Lease,
  ): ReturnType<Page<K, V>['load']> {
    const { origin, counters } = this.services;
    const entryLoads = loads.map(({ entryLoad }) => entryLoad);
    try {
      return await origin.call(entryLoads, () => page.load(loads.map(({ ref }) => ref)));
    } catch (error) {
      const durationMs = this.runtime.clock.now() - startedAt;
      const failed = isOriginFailure(error);
      for (const { ref, flight } of loads) {
        this.reads.loader.giveBack(ref.record.key, right, failed);
        this.#countMiss(page);
        counters.readFailed(ref.record, error, durationMs);
        flight.reject(error);
      }
      throw error;
    }
  }

  #countMiss({ strong }: Page<K, V>): void {
    const { counters } = this.services;
    if (!strong) counters.tiers.l1.misses += 1;
    counters.tiers[this.runtime.store.tier].misses += 1;
  }
}

interface PageLoad<K, V> extends Pick<OpenRead<K, V>, 'ref' | 'flight' | 'session'> {
  readonly entryLoad: EntryLoad;
}

const NONE: ReadonlyMap<string, never> = new Map<string, never>();
