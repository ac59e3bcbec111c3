import { CacheError } from '../errors.js';
import type { Counters } from '../counters.js';
import { LoadContext } from '../context/load-context.js';
import type { Loader } from './loader.js';
import type { L1 } from './l1.js';
import type { Look } from './look.js';
import type { L2Lookup } from './l2-lookup.js';
import type { ReadDetail, ReadResult } from '../read-result.js';
import type { ReadRequest } from './read-request.js';
import type { InFlightRead } from '../coherence/in-flight-reads.js';
import { type FoundValue, isUnreadable, type LookupResult, type Missing } from './lookup-result.js';
import type { Refresh } from './refresh.js';
import { isClientError } from '../policy/client-error.js';
import { SingleFlight } from '../concurrency/single-flight.js';
import { TimeBudget, type L2Attempt } from './time-budget.js';
import type { CacheRuntime } from '../cache-runtime.js';

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 40;

/** What one look at the store came to; `undefined` when another process is loading and it is to be looked at again. */
type AttemptResult<V> = ReadResult<V> | undefined;

/** The part of a read behind L1: a look at the store, the lease, the loader. */
export class L2Read<K, V> {
  readonly #loads = new SingleFlight<ReadResult<V> | undefined>();

  constructor(
    private readonly runtime: CacheRuntime,
    private readonly counters: Counters,
    private readonly parts: {
      readonly l2Lookup: L2Lookup<K, V>;
      readonly l1: L1<V>;
      readonly loader: Loader<K, V>;
      readonly refresh: Refresh<K, V>;
    },
  ) {}

  /** Looks, and loads where nothing usable is found; while another process loads, looks again until patience ends. */
  async read(request: ReadRequest<V>, inFlightRead: InFlightRead): Promise<ReadResult<V>> {
    const { clock } = this.runtime;
    const endsAt = clock.now() + request.patienceMs;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      const result = await this.#attempt(request, inFlightRead);
      if (result) return result;
      if (clock.now() >= endsAt) {
        this.counters.tier(this.runtime.store.tier, false);
        return this.loadWithoutStoring(request, undefined);
      }
      await (request.batch ?? clock).sleep(pause * (0.5 + clock.random()));
    }
  }

  /** Loads for the caller, and for whoever shares it, and stores nothing. */
  async loadWithoutStoring(request: ReadRequest<V>, detail: ReadDetail | undefined): Promise<ReadResult<V>> {
    const { loader } = this.parts;
    const result = await this.#share(request, () => loader.load(request, detail));
    // A shared run can be one that lost its lease to another process: this caller then asks the origin on its own.
    return result ?? loader.load(request, detail);
  }

  /** One look at the store, with what follows from it. */
  async #attempt(request: ReadRequest<V>, inFlightRead: InFlightRead): Promise<AttemptResult<V>> {
    const { lookupResult, attempt } =
      request.look?.take(request.record.key) ?? (await this.#fetch(request, inFlightRead));
    if (!lookupResult || !attempt) return this.loadWithoutStoring(request, 'unavailable');
    let again = false;
    try {
      const looked = await this.#handle(request, lookupResult, attempt);
      again = looked === undefined;
      return looked;
    } finally {
      // A read counts once, by its last look.
      if (!again) this.#count(lookupResult.state);
    }
  }

  /** Without a sighting where the store is away, or too slow. */
  async #fetch(
    request: ReadRequest<V>,
    inFlightRead: InFlightRead,
  ): Promise<Partial<Pick<Look<V>, 'lookupResult' | 'attempt'>>> {
    const { session } = this.runtime.store;
    if (session === undefined) return {};
    const attempt: L2Attempt = { session, inFlightRead, budget: TimeBudget.of(this.runtime) };
    const lookupResult = await this.parts.l2Lookup.fetch(request, attempt).catch(() => undefined);
    return { lookupResult, attempt };
  }

  #count(found: LookupResult<V>['state']): void {
    this.counters.tier(this.runtime.store.tier, found.kind === 'value' && found.freshness !== 'stale-if-error');
    if (isUnreadable(found)) this.counters.unreadable();
  }

  async #handle(
    request: ReadRequest<V>,
    { state, tags }: LookupResult<V>,
    attempt: L2Attempt,
  ): Promise<AttemptResult<V>> {
    switch (state.kind) {
      case 'value':
        return state.freshness === 'stale-if-error'
          ? this.#revalidate(request, state, attempt)
          : this.#serve(request, state, attempt);
      case 'missing':
        return this.#share(request, () => this.#loadUnderLease(request, { state, tags }, attempt));
      case 'loading':
        return undefined;
      case 'failed':
        throw new CacheError(
          'CACHE_ORIGIN_FAILED',
          `The origin failed a moment ago (${state.code}); it is not asked again yet.`,
        );
      case 'newer':
        return this.loadWithoutStoring(request, undefined);
      case 'writing':
        return this.loadWithoutStoring(request, 'write-intent');
    }
  }

  #serve(request: ReadRequest<V>, found: FoundValue<V>, { inFlightRead }: L2Attempt): ReadResult<V> {
    this.parts.l1.putFetched(request.record, found, inFlightRead);
    const result = this.parts.l1.resultOfFetched(found);
    this.parts.refresh.ifDue(request, result);
    return result;
  }

  /** The value is kept only in case the origin fails: load, and fall back on it then. */
  async #revalidate(request: ReadRequest<V>, found: FoundValue<V>, attempt: L2Attempt): Promise<AttemptResult<V>> {
    const { store } = this.runtime;
    const { loader } = this.parts;
    const { key } = request.record;
    // The claim only spares the origin: where it cannot be asked for, nobody waits for it.
    const claimed = await attempt.budget.step(() => store.acquireRefreshLock(key, loader.leaseMs)).catch(() => true);
    if (!claimed) return undefined;
    try {
      return await this.#share(request, () => loader.revalidate(request, found, attempt));
    } catch (error) {
      if (isClientError(error)) throw error;
      return { ...this.parts.l1.resultOfFetched(found), detail: 'stale-if-error' };
    } finally {
      void store.releaseRefreshLock(key).catch(() => {});
    }
  }

  /** Captures the tags, then takes the lease, then loads: what is invalidated after the first of these is not stored. */
  async #loadUnderLease(
    request: ReadRequest<V>,
    { state, tags }: MissingRecord,
    attempt: L2Attempt,
  ): Promise<AttemptResult<V>> {
    const { store, clock } = this.runtime;
    const { loader } = this.parts;
    const captured = await attempt.budget.step(() => loader.capture(tags)).catch(() => 'unavailable' as const);
    if (captured === 'unavailable') return loader.load(request, 'unavailable');
    if (!captured) return loader.load(request, 'write-intent');
    const token = clock.id();
    const lease = { token, leaseMs: loader.leaseMs, invalidFillId: state.invalidFillId };
    const taken = await attempt.budget
      .step(() => store.acquire(request.record.key, lease))
      .catch(() => 'unavailable' as const);
    if (taken === 'unavailable') return loader.load(request, 'unavailable');
    // Somebody was faster: what stands there now is looked at like anything else.
    if (!taken) return undefined;
    return loader.loadAndStore(request, { captured, token }, attempt);
  }

  /** Within a load nothing is shared: two loads that wait for each other's runs would wait for ever. So would two batches. */
  #share(request: ReadRequest<V>, work: () => Promise<AttemptResult<V>>): Promise<AttemptResult<V>> {
    return LoadContext.current || request.batch ? work() : this.#loads.run(request.record.key, work);
  }
}

/** A slot that may be filled, with the tags as they were seen with it. */
interface MissingRecord {
  readonly state: Missing;
  readonly tags: LookupResult<unknown>['tags'];
}
