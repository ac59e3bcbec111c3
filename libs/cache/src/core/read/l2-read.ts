import type { CacheRuntime } from '../cache-runtime.js';
import type { Flight, InFlightRead } from '../coherence/in-flight-reads.js';
import { SingleFlight } from '../concurrency/single-flight.js';
import { LoadAbandoned } from '../context/load-abandoned.js';
import { LoadContext } from '../context/load-context.js';
import { CacheError } from '../errors.js';
import type { MissLog } from '../observe/miss-log.js';
import { isClientError, isRefusal } from '../policy/client-error.js';
import type { ReadDetail, ReadResult } from '../read-result.js';
import type { Loader } from './loader.js';
import type { FoundValue, LookupResult, Missing } from './lookup-result.js';
import type { FoundAhead, ReadRequest } from './read-request.js';
import type { ReadServices } from './read-services.js';
import { Leases } from '../store/leases.js';
import { leasePrefix } from '../store/record-format.js';
import { RefreshLock } from '../store/refresh-lock.js';
import type { Refresh } from './refresh.js';
import type { L2Attempt } from './l2-attempt.js';

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 40;

/** The result of one attempt; `try-again` while another process loads the entry. */
type AttemptResult<V> = ReadResult<V> | 'try-again';

/** The part of a read behind L1: the lookup in the store, the lease, the load. */
export class L2Read<K, V> {
  readonly #loads = new SingleFlight<AttemptResult<V>>();
  readonly #leases: Leases;
  readonly #misses: MissLog;

  constructor(
    private readonly runtime: CacheRuntime,
    private readonly parts: Omit<ReadServices<K, V>, 'entryFactory'> & {
      readonly loader: Loader<K, V>;
      readonly refresh: Refresh<K, V>;
    },
  ) {
    this.#leases = new Leases(runtime.clock);
    this.#misses = runtime.observation.misses;
  }

  /**
   * Loads when the store has nothing usable. While another process loads, tries again until the patience of the request ends.
   * Ends the flight. `startedAt` is when the read began.
   */
  async read(request: ReadRequest<V>, flight: Flight<ReadResult<V>>, startedAt: number): Promise<ReadResult<V>> {
    try {
      const result = await this.#attempt(request, flight, request.found);
      return result === 'try-again' ? await this.#tryAgain(request, flight, startedAt) : result;
    } finally {
      flight.end();
    }
  }

  async #tryAgain(request: ReadRequest<V>, flight: Flight<ReadResult<V>>, startedAt: number): Promise<ReadResult<V>> {
    const { clock, store } = this.runtime;
    const { counters } = this.parts;
    const endsAt = startedAt + request.patienceMs;
    // A write has made the load useless for which this read has waited. It waits for no second one.
    let overtaken = false;
    for (
      let pause = FIRST_PAUSE_MS;
      !overtaken && clock.now() < endsAt;
      pause = Math.min(2 * pause, LONGEST_PAUSE_MS)
    ) {
      await (request.batch ?? clock).sleep(pause * (0.5 + clock.random()));
      overtaken = flight.sharingPrevented;
      const result = await this.#attempt(request, flight);
      if (result === 'try-again') continue;
      const isFound = result.tier !== undefined && result.detail !== 'stale-if-error';
      if (isFound) counters.awaited(request.record, clock.now() - startedAt);
      return result;
    }
    counters.tiers[store.tier].misses += 1;
    this.#misses.missed(request.record, { reason: 'load-in-progress' });
    return this.loadWithoutStoring(request, undefined);
  }

  /** Looks the record up, unless that has been done, and serves or loads by what was found. */
  async #attempt(
    request: ReadRequest<V>,
    inFlightRead: InFlightRead,
    ahead?: FoundAhead<V>,
  ): Promise<AttemptResult<V>> {
    const { clock, store, pending } = this.runtime;
    const { l2Lookup, origin } = this.parts;
    const session = store.sessionOf(request.record.key);
    if (session === undefined || request.batch?.storeFailed) return this.#loadWithoutStore(request);
    const attempt: L2Attempt = { session, inFlightRead, lastStepAt: clock.now() + store.deadlineMs };
    let found = ahead;
    if (!found) {
      const lease = this.#leases.leaseOf(request.record.key, origin.leaseMs);
      try {
        found = { result: await l2Lookup.fetch(request, attempt, lease), token: lease.token };
      } catch {
        return this.#loadWithoutStore(request);
      }
    }
    const { state } = found.result;
    // Another server may have come since the read began, with the value from before an invalidation of this process.
    if (state.kind === 'value' && pending.affects(request.record.key, request.tags)) {
      this.#misses.missed(request.record, { reason: 'redis-unavailable' });
      return this.loadWithoutStoring(request, 'pending');
    }
    return state.kind === 'value' && state.freshness !== 'stale-if-error'
      ? this.#serve(request, state, attempt)
      : this.#load(request, found.result, attempt, found.token);
  }

  #loadWithoutStore(request: ReadRequest<V>): Promise<ReadResult<V>> {
    this.#misses.missed(request.record, { reason: 'redis-unavailable' });
    return this.loadWithoutStoring(request, 'unavailable');
  }

  /** Loads for this request and for those that share the load, and stores nothing. */
  async loadWithoutStoring(request: ReadRequest<V>, detail: ReadDetail | undefined): Promise<ReadResult<V>> {
    const { loader } = this.parts;
    const result = await this.#share(request, () => loader.load(request, detail));
    // The shared run can be one that lost its lease to another process.
    return result === 'try-again' ? loader.load(request, detail) : result;
  }

  #serve(request: ReadRequest<V>, found: FoundValue<V>, { inFlightRead }: L2Attempt): ReadResult<V> {
    const { counters, l1, refresh } = this.parts;
    counters.tiers[this.runtime.store.tier].hits += 1;
    l1.putFetched(request.record, found, inFlightRead);
    const result = l1.resultOfFetched(found);
    refresh.ifDue(request, result);
    return result;
  }

  async #load(
    request: ReadRequest<V>,
    { state, tags }: LookupResult<V>,
    attempt: L2Attempt,
    token: string,
  ): Promise<AttemptResult<V>> {
    let result: AttemptResult<V> | undefined;
    try {
      switch (state.kind) {
        case 'value':
          result = await this.#revalidate(request, state, attempt);
          break;
        case 'missing':
          // Another process was faster: the next attempt handles what it left.
          result = state.acquired ? await this.#loadUnderLease(request, { state, tags }, attempt, token) : 'try-again';
          break;
        case 'loading':
          result = 'try-again';
          break;
        case 'failed':
          throw new CacheError(
            'CACHE_ORIGIN_FAILED',
            `The origin failed a moment ago (${state.code}). It is not called again until the error back-off ends.`,
          );
        case 'newer':
          this.#misses.missed(request.record, state.cause ?? { reason: 'other-schema' });
          result = await this.loadWithoutStoring(request, undefined);
          break;
        case 'writing':
          this.parts.loader.tags.limitIntents(request.record.key);
          this.#misses.missed(request.record, { reason: 'write-in-progress' });
          result = await this.loadWithoutStoring(request, 'write-intent');
          break;
      }
      return result;
    } finally {
      // A read counts once, by its last attempt.
      if (result !== 'try-again') {
        const { counters } = this.parts;
        counters.tiers[this.runtime.store.tier].misses += 1;
        if (state.kind !== 'value' && state.unreadable) counters.counts.unreadable += 1;
      }
    }
  }

  /** Loads a new value for one that is kept for stale-if-error, and serves the old one when the origin fails. */
  async #revalidate(request: ReadRequest<V>, found: FoundValue<V>, attempt: L2Attempt): Promise<AttemptResult<V>> {
    const { store, clock } = this.runtime;
    const { loader, origin } = this.parts;
    const lock = new RefreshLock(store, request.record.key, clock.id());
    // The lock only spares the origin: a store that does not answer delays no load.
    const mayWait = clock.now() < attempt.lastStepAt;
    const locked = !mayWait || (await lock.acquire(origin.leaseMs).catch(() => true));
    if (!locked) return 'try-again';
    this.#misses.missed(request.record, { reason: 'expired' });
    try {
      return await this.#share(request, () => loader.revalidate(request, found, attempt));
    } catch (error) {
      if (isClientError(error) || error instanceof LoadAbandoned) throw error;
      return { ...this.parts.l1.resultOfFetched(found), detail: 'stale-if-error' };
    } finally {
      void lock.release().catch(() => {});
    }
  }

  /** Captures the tags, then loads: an invalidation after the capture keeps the result out of the store. */
  async #loadUnderLease(
    request: ReadRequest<V>,
    { state, tags }: { readonly state: Missing; readonly tags: LookupResult<V>['tags'] },
    attempt: L2Attempt,
    token: string,
  ): Promise<ReadResult<V>> {
    const { loader } = this.parts;
    const capturing = loader.tags.capture(tags, attempt.lastStepAt);
    const captured = capturing instanceof Promise ? await capturing.catch(() => 'unavailable' as const) : capturing;
    if (captured !== 'unavailable' && captured) {
      this.#misses.missed(request.record, state.cause);
      return loader.loadAndStore(request, { tags: captured, right: { expected: leasePrefix(token), token } }, attempt);
    }
    this.#misses.missed(request.record, { reason: captured ? 'redis-unavailable' : 'write-in-progress' });
    void this.runtime.store.release(request.record.key, token).catch(() => {});
    return loader.load(request, captured ?? 'write-intent');
  }

  /** Within a load nothing is shared: two loads that wait for each other's runs would wait forever. So would two batches. */
  async #share(request: ReadRequest<V>, work: () => Promise<AttemptResult<V>>): Promise<AttemptResult<V>> {
    if (LoadContext.current || request.batch) return work();
    let shared = true;
    const run = this.#loads.run(request.record.key, () => {
      shared = false;
      return work();
    });
    return run.catch((error: unknown): AttemptResult<V> | Promise<AttemptResult<V>> => {
      if (shared && error instanceof LoadAbandoned) return 'try-again';
      // The origin refused the other request, which does not concern this one.
      if (shared && isRefusal(error)) return this.parts.loader.load(request, undefined);
      throw error;
    });
  }
}
