import type { CacheDefinition } from '../policy/define-cache.js';
import { CacheError } from '../errors.js';
import type { Counters } from '../counters.js';
import type { Entry } from '../store/entry.js';
import type { EntryFactory, NewEntry } from './entry-factory.js';
import { FreshnessProof } from '../coherence/freshness-proof.js';
import { LoadContext } from '../context/load-context.js';
import type { L1 } from './l1.js';
import type { FoundValue, TagVersionResult } from './lookup-result.js';
import type { Answer, ReadDetail, ReadResult } from '../read-result.js';
import type { ReadRequest } from './read-request.js';
import { isClientError } from '../policy/client-error.js';
import { type CapturedTag, leasePrefix, valuePrefix, versionOf, versionText } from '../store/record-format.js';
import { EntryLoad } from '../context/entry-load.js';
import type { L2Attempt } from './time-budget.js';
import type { CacheRuntime } from '../cache-runtime.js';

const SHORTEST_LEASE_MS = 1_000;
const LONGEST_LEASE_MS = 5_000;
/** A tag outlives whatever captures it until it is renewed. */
const TAG_LIVES = 2;
const SHORTEST_TAG_MS = 120_000;

/** The right to fill a slot, and what it is filled over. */
interface StoreRight {
  readonly expected: string;
  /** Gives the right back when nothing was filled. */
  readonly release: (failed: boolean) => Promise<void>;
}

interface Loaded<V> {
  readonly value: V | undefined;
  /** Whether it may be stored, and given to others: whether it is for its caller only. */
  readonly shareable: boolean;
  /** What the caller is to see, although it is known that there is no value. */
  readonly thrown: { readonly error: unknown } | undefined;
}

/** Runs loaders, and stores what they return where that is allowed. */
export class Loader<K, V> {
  /** About how long a load takes, in milliseconds: the slower ones weigh more. */
  #loadMs = 0;

  constructor(
    private readonly definition: CacheDefinition<K, V>,
    private readonly runtime: CacheRuntime,
    private readonly counters: Counters,
    private readonly parts: { readonly entryFactory: EntryFactory<K, V>; readonly l1: L1<V> },
  ) {}

  get loadMs(): number {
    return this.#loadMs;
  }

  /** Long enough for most loads, short enough that a holder that died is soon replaced. */
  get leaseMs(): number {
    return Math.min(LONGEST_LEASE_MS, Math.max(SHORTEST_LEASE_MS, Math.ceil(2 * this.#loadMs)));
  }

  /**
   * The versions of the tags before the load begins; `undefined` when one is being written and cannot be captured. An absent tag
   * gets its first version.
   */
  async capture(tags: readonly TagVersionResult[]): Promise<readonly CapturedTag[] | undefined> {
    const captured = await Promise.all(tags.map(async (tag) => [tag.recordKey, await this.#versionOf(tag)] as const));
    return captured.every(isCaptured) ? captured : undefined;
  }

  /** Loads, and stores nothing. */
  async load(request: ReadRequest<V>, detail: ReadDetail | undefined): Promise<ReadResult<V>> {
    const { value, shareable, thrown } = await this.#run(request);
    if (thrown) throw thrown.error;
    // A client that has to name a version in order to write needs the tag when the store is away too.
    const etag = shareable && value !== undefined ? this.parts.entryFactory.etagOf(value) : undefined;
    return missResult<V>({ value, json: undefined, etag }, { detail, privateTo: shareable ? undefined : request.load });
  }

  /** Loads under a lease that was acquired. A load that outlives its lease is not stored: the slot says so. */
  loadAndStore(
    request: ReadRequest<V>,
    { captured, token }: { readonly captured: readonly CapturedTag[]; readonly token: string },
    attempt: L2Attempt,
  ): Promise<ReadResult<V>> {
    const { store } = this.runtime;
    const { errorBackOffMs: retryMs } = this.definition;
    return this.#loadAndStore(request, captured, attempt, {
      expected: leasePrefix(token),
      release: (failed) =>
        store.release(request.record.key, token, failed && retryMs ? { error: 'origin', retryMs } : undefined),
    });
  }

  /** Loads anew what still stands in the slot, and replaces exactly that. */
  revalidate(request: ReadRequest<V>, { stored }: FoundValue<V>, attempt: L2Attempt): Promise<ReadResult<V>> {
    return this.#loadAndStore(request, stored.tags, attempt, {
      expected: valuePrefix(stored.fillId),
      release: async () => {},
    });
  }

  async #loadAndStore(
    request: ReadRequest<V>,
    tags: readonly CapturedTag[],
    attempt: L2Attempt,
    right: StoreRight,
  ): Promise<ReadResult<V>> {
    const startedAt = this.runtime.clock.now();
    const loaded = await this.#run(request).catch((error: unknown) => {
      void right.release(isOriginFailure(error)).catch(ignore);
      throw error;
    });
    const newEntry = loaded.shareable ? this.parts.entryFactory.create(loaded.value, tags, startedAt) : undefined;
    const filling = this.#store(request, newEntry, attempt, right);
    // The store has kept this reader long enough: the entry goes there without it.
    const filled = !attempt.budget.spent && (await filling);
    if (newEntry && filled) {
      this.parts.l1.putLoaded(request.record, newEntry, attempt.inFlightRead);
      this.runtime.observer?.stored(request.record, newEntry.entry.stored?.payload ?? '', tags);
    }
    if (loaded.thrown) throw loaded.thrown.error;
    return missResult<V>(answerOf(loaded.value, newEntry?.entry), {
      privateTo: loaded.shareable ? undefined : request.load,
      newEntry: filled ? newEntry : undefined,
    });
  }

  /** Fills the slot, or gives the right back. It never rejects. */
  async #store(
    { record }: ReadRequest<V>,
    newEntry: NewEntry<V> | undefined,
    { session }: L2Attempt,
    { expected, release }: StoreRight,
  ): Promise<boolean> {
    const { store } = this.runtime;
    // Another connection may be another server, one that lost what was invalidated since.
    const reconnected = store.session !== session;
    const filled =
      newEntry && !reconnected
        ? await store.fill(record.key, { ...newEntry, expected }).catch(() => undefined)
        : undefined;
    if (filled) return true;
    if (newEntry)
      this.counters.notStored(reconnected ? 'reconnected' : filled === undefined ? 'unavailable' : 'overtaken');
    void release(false).catch(ignore);
    return false;
  }

  /** A call of the origin takes one permit; that of a batch takes it when all of the batch have come to it. */
  async #run(request: ReadRequest<V>): Promise<Loaded<V>> {
    if (request.batch) return this.#runLoader(request);
    return this.runtime.loadLimiter.run(() => {
      this.counters.loaded();
      return this.#runLoader(request);
    });
  }

  async #runLoader(request: ReadRequest<V>): Promise<Loaded<V>> {
    const { record, tags } = request;
    const proof = new FreshnessProof(this.runtime, [record.key, ...tags]);
    try {
      return await this.#loadWithin(new EntryLoad(record.key, proof), request);
    } finally {
      proof.release();
    }
  }

  #loadWithin(loading: EntryLoad, { load }: ReadRequest<V>): Promise<Loaded<V>> {
    return LoadContext.load([loading], async () => {
      const startedAt = this.runtime.clock.now();
      const loaded = await load().then(
        (value): Loaded<V> => ({ value, shareable: this.#mayShare(loading, value), thrown: undefined }),
        (error: unknown): Loaded<V> => {
          // A handler threw its 404 because the innermost loader found nothing: that is what is known, and stored.
          if (!loading.isAbsent) throw error;
          return { value: undefined, shareable: true, thrown: { error } };
        },
      );
      this.#measure(this.runtime.clock.now() - startedAt);
      return loaded;
    });
  }

  #mayShare(loading: EntryLoad, value: V | undefined): boolean {
    const refusal = loading.uncacheableReason(value);
    if (refusal !== undefined) this.parts.entryFactory.warn(`${refusal}: it is sent, not stored`);
    return refusal === undefined;
  }

  #measure(ms: number): void {
    this.#loadMs = ms > this.#loadMs ? ms : this.#loadMs * 0.95 + ms * 0.05;
  }

  async #versionOf({ recordKey, text, version }: TagVersionResult): Promise<string | undefined> {
    if (version === undefined && text !== null) return undefined;
    const { coherence, store, clock } = this.runtime;
    const lifeMs = this.#tagLifeMs;
    const due = coherence.tags.renewalDue(recordKey, clock.now(), lifeMs);
    if (version !== undefined && !due) return version;
    const created = await store.ensureTagVersion(recordKey, versionText(clock.id()), lifeMs).catch((error: unknown) => {
      coherence.tags.renewalFailed(recordKey);
      throw error;
    });
    const standing = versionOf(created);
    if (standing !== version) coherence.tags.forget(recordKey);
    return standing;
  }

  get #tagLifeMs(): number {
    const { lifetimes, negative } = this.definition;
    return Math.max(SHORTEST_TAG_MS, TAG_LIVES * Math.max(lifetimes.expiryMs, negative?.expiryMs ?? 0));
  }
}

function isCaptured(tag: readonly [string, string | undefined]): tag is CapturedTag {
  return tag[1] !== undefined;
}

/** Whether it is the origin that failed: neither an answer to the caller, nor this process that was too busy to ask. */
function isOriginFailure(error: unknown): boolean {
  return !isClientError(error) && !(error instanceof CacheError);
}

/** What could not be given back ends with its lease. */
function ignore(): void {}

/** The value as it was loaded, with the stored form that was made of it. */
function answerOf<V>(value: V | undefined, entry: Entry<V> | undefined): Answer<V> {
  return {
    value,
    json: entry?.json,
    get etag() {
      return entry?.etag;
    },
  };
}

interface MissDetails<V> {
  readonly detail?: ReadDetail | undefined;
  readonly newEntry?: NewEntry<V> | undefined;
  readonly privateTo?: ReadResult<V>['privateTo'];
}

/** What a loader returned, as the answer to a read. */
export function missResult<V>(answer: Answer<V>, { detail, newEntry, privateTo }: MissDetails<V> = {}): ReadResult<V> {
  return {
    answer,
    status: detail ? 'bypass' : 'miss',
    detail,
    tier: undefined,
    ttlMs: newEntry ? newEntry.lifetimes.freshMs - newEntry.ageMs : 0,
    ageMs: newEntry?.ageMs ?? 0,
    stored: newEntry !== undefined,
    privateTo,
    collapsed: false,
  };
}
