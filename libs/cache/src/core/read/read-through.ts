import type { CacheRuntime } from '../cache-runtime.js';
import { Flights } from '../coherence/in-flight-reads.js';
import { LoadAbandoned } from '../context/load-abandoned.js';
import { LoadContext } from '../context/load-context.js';
import type { Counters } from '../counters.js';
import { isRefusal } from '../policy/client-error.js';
import type { CacheDefinition } from '../policy/define-cache.js';
import type { ReadResult } from '../read-result.js';
import { ABSENT, Entry, type L1Entry } from '../store/entry.js';
import type { CapturedTag } from '../store/record-format.js';
import type { RecordRef } from '../store/redis-keys.js';
import type { L1 } from './l1.js';
import type { L2Lookup } from './l2-lookup.js';
import { L2Read } from './l2-read.js';
import { Loader, missResult } from './loader.js';
import { NESTED_PATIENCE_MS, type ReadRequest } from './read-request.js';
import type { ReadServices } from './read-services.js';
import { Refresh } from './refresh.js';

/** One read, in the order in which it passes the tiers: L1, a read in flight, Redis, the origin under a lease. */
export class ReadThrough<K, V> {
  readonly #l2Lookup: L2Lookup<K, V>;
  readonly #l1: L1<V>;
  readonly #l2: L2Read<K, V>;
  readonly flights: Flights<ReadResult<V>>;
  readonly loader: Loader<K, V>;
  readonly refresh: Refresh<K, V>;
  readonly #counters: Counters;

  constructor(
    definition: CacheDefinition<K, V>,
    private readonly runtime: CacheRuntime,
    services: ReadServices<K, V>,
  ) {
    const { l2Lookup, l1, counters } = services;
    this.#l2Lookup = l2Lookup;
    this.#l1 = l1;
    this.#counters = counters;
    this.flights = new Flights(runtime.coherence.inFlightReads);
    this.loader = new Loader(definition, runtime, services);
    const parts = { ...services, loader: this.loader };
    this.refresh = new Refresh(definition, runtime, parts);
    this.#l2 = new L2Read(runtime, { ...parts, refresh: this.refresh });
  }

  /**
   * Returns the entry in L1 where it is fresh, present and not due for a refresh, and counts a hit. This is the shortest path of a
   * read: it awaits nothing and makes no object.
   */
  getFromMemory({ record, tags }: Pick<ReadRequest<V>, 'record' | 'tags'>, textOnly = false): L1Entry<V> | undefined {
    const { pending, clock } = this.runtime;
    if (pending.affects(record.key, tags) || !LoadContext.allowsMemory(record.key, tags)) return undefined;
    const now = clock.now();
    const value = this.#l1.get(record.key, now);
    if (!value || now >= value.freshUntil || value.entry === ABSENT) return undefined;
    if (!textOnly && !value.entry.readable) return undefined;
    if (this.refresh.mayBeDue(value.freshUntil - now)) return undefined;
    if (this.#counters.hitInMemory(record.key)) this.#counters.sampleHit(record, clock.now() - now, clock.random());
    return value;
  }

  /** Returns an entry from {@link getFromMemory} as the result of a read. */
  resultOf(value: L1Entry<V>): ReadResult<V> {
    return this.#l1.resultOf(value, this.runtime.clock.now());
  }

  async read(request: ReadRequest<V>): Promise<ReadResult<V>> {
    const around = LoadContext.innermost;
    const context = around?.loadOrWrite;
    const withinWrite = context?.write !== undefined;
    const load = withinWrite ? undefined : context?.findLoad(request.record.key);
    // A part of the load around it, whose own read is counted. The outermost load stores the value.
    if (load) return missResult<V>(request, await load.runInner(request.load, request.strong));
    if (!context && !request.strong && around?.isAbsent(request.record.key))
      return missResult<V>(request, undefined, ABSENT);
    if (context) this.runtime.staleness?.derived.note(request.record.key, context.loading);
    const own = around ? within(around, request) : request;
    const { clock } = this.runtime;
    const startedAt = clock.now();
    try {
      let result = await (withinWrite ? this.loader.load(own, 'within-write') : this.#readTiers(own, startedAt, false));
      // A load that only its own caller may see answers no other read: a read that shared it loads on its own.
      if (result.privateTo !== undefined && result.privateTo !== own) {
        result = await this.loader.load(own, undefined);
      }
      const { answer } = result;
      // Only another program can store a text that no reader can decode, with its checksum. It stays until it expires.
      if (result.tier && !request.textOnly && answer instanceof Entry && !answer.readable) {
        this.#counters.counts.unreadable += 1;
        this.#missed(own, 'unreadable');
        result = await this.#l2.loadWithoutStoring(own, undefined);
      }
      this.#counters.read(request.record, result, clock.now() - startedAt);
      return result;
    } catch (error) {
      // The request of an abandoned load reads again, or has ended.
      if (!(error instanceof LoadAbandoned)) this.#counters.readFailed(request.record, error, clock.now() - startedAt);
      throw error;
    }
  }

  /** Counts a read that did not take place, because its value must go to its own requester only. */
  bypassForPrincipal(record: RecordRef): void {
    this.runtime.observation.misses.missed(record, { reason: 'principal' });
    this.#counters.read(record, { status: 'bypass', detail: undefined, tier: undefined, collapsed: false }, 0);
  }

  /** `refused` says that this read joined a load before that was refused. */
  #readTiers(request: ReadRequest<V>, now: number, refused: boolean): ReadResult<V> | Promise<ReadResult<V>> {
    const { record, tags } = request;
    if (this.runtime.pending.affects(record.key, tags)) {
      this.#missed(request, 'redis-unavailable');
      return this.#l2.loadWithoutStoring(request, 'pending');
    }
    // Joins no flight, and is joined by none.
    if (request.strong) return this.#l2.read(request, this.flights.open(record.key, tags, false), now);
    const inMemory = this.#l1.get(record.key, now);
    this.#counters.tiers.l1[inMemory ? 'hits' : 'misses'] += 1;
    if (inMemory) {
      const result = this.#l1.resultOf(inMemory, now);
      this.refresh.ifDue(request, result);
      return result;
    }
    const flight = this.flights.find(record.key);
    if (flight) return this.#joined(request, flight.result, refused);
    const opened = this.flights.open(record.key, tags, true);
    opened.work = this.#l2.read(request, opened, now);
    return opened.work;
  }

  /** Notes why a read loads its value. */
  #missed({ record }: ReadRequest<V>, reason: 'unreadable' | 'redis-unavailable'): void {
    this.runtime.observation.misses.missed(record, { reason });
  }

  /** The result of a read in flight, for a read that joined it. */
  #joined(request: ReadRequest<V>, flight: Promise<ReadResult<V>>, refused: boolean): Promise<ReadResult<V>> {
    const { clock } = this.runtime;
    this.#counters.counts.collapsed += 1;
    return (request.batch?.suspendWhile(flight) ?? flight).then(
      (result) => ({ ...result, stored: false, collapsed: true }),
      (error: unknown) => {
        // The first of the reads that shared the load starts the next one, and the others share that.
        if (error instanceof LoadAbandoned) return this.#readTiers(request, clock.now(), refused);
        // The origin refused the other request, which does not concern this one.
        if (isRefusal(error))
          return refused ? this.loader.load(request, undefined) : this.#readTiers(request, clock.now(), true);
        throw error;
      },
    );
  }

  /** Returns the current versions of tags, for a value that is about to be written; `undefined` when one has none. */
  async versions(tags: readonly string[]): Promise<readonly CapturedTag[] | undefined> {
    try {
      const known = this.#l2Lookup.knownTags(tags) ?? (await this.#l2Lookup.fetchTags(tags));
      return await this.loader.tags.capture(known);
    } catch {
      // The value is written without being stored.
      return undefined;
    }
  }

  /** Runs `work` where the entry is known to be absent: reads of it in there answer so at once, until it is written. */
  knowingAbsence<T>({ record, tags }: Pick<ReadRequest<V>, 'record' | 'tags'>, work: () => Promise<T>): Promise<T> {
    const read = this.runtime.coherence.beginRead(tags, record.key);
    return LoadContext.run({ kind: 'absence', recordKey: record.key, read }, work);
  }
}

/**
 * A read within a load is strong: the load must not store for a whole TTL what a lagging L1 holds. So is a read of what its client has
 * written: this process may not have received the message of that write.
 */
function within<V>(around: LoadContext, request: ReadRequest<V>): ReadRequest<V> {
  const { record, tags, strong, patienceMs } = request;
  if (around.loadOrWrite) return { ...request, strong: true, patienceMs: Math.min(patienceMs, NESTED_PATIENCE_MS) };
  return !strong && around.session?.hasWritten(record.key, tags) ? { ...request, strong: true } : request;
}
