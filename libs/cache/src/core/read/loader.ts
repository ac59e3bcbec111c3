import type { CacheDefinition } from '../policy/define-cache.js';
import { CacheError } from '../errors.js';
import type { NewEntry } from './entry-factory.js';
import { LoadAbandoned } from '../context/load-abandoned.js';
import { EntryLoad, LoadContext } from '../context/load-context.js';
import type { Entry } from '../store/entry.js';
import { TagCapture } from '../tag-capture.js';
import type { InFlightRead } from '../coherence/in-flight-reads.js';
import type { FoundValue } from './lookup-result.js';
import type { ReadDetail, ReadResult } from '../read-result.js';
import type { ReadRequest } from './read-request.js';
import type { ReadServices } from './read-services.js';
import { isClientError } from '../policy/client-error.js';
import { type CapturedTag, valuePrefix } from '../store/record-format.js';
import type { L2Attempt } from './l2-attempt.js';
import type { CacheRuntime } from '../cache-runtime.js';

/** The right to store over a record. */
export interface StoreRight {
  /** The prefix of the record that may be replaced. */
  readonly expected: string;
  /** The token of the lease to release if nothing is stored; `undefined` for the right to replace a value. */
  readonly token: string | undefined;
}

interface StoreParts {
  readonly tags: readonly CapturedTag[];
  readonly startedAt: number;
  readonly right: StoreRight;
}

interface Loaded<V> {
  readonly value: V | undefined;
  /** Whether the value may be stored and shared with other reads. */
  readonly shareable: boolean;
  /** The error that the caller receives for a value that is known to be absent. */
  readonly thrown: { readonly error: unknown } | undefined;
}

/** Runs loaders, and stores their results where that is allowed. */
export class Loader<K, V> {
  readonly tags: TagCapture;

  constructor(
    private readonly definition: CacheDefinition<K, V>,
    private readonly runtime: CacheRuntime,
    private readonly parts: Pick<ReadServices<K, V>, 'counters' | 'entryFactory' | 'l1' | 'origin'>,
  ) {
    this.tags = new TagCapture(definition, runtime);
  }

  /** Loads and stores nothing. */
  async load(request: ReadRequest<V>, detail: ReadDetail | undefined): Promise<ReadResult<V>> {
    const inFlightRead = this.runtime.coherence.beginRead(request.tags, request.record.key);
    const loaded = await this.#run(request, inFlightRead);
    // The value of a read within a write goes to its caller only.
    const isShareable = loaded.shareable && detail !== 'within-write';
    const entry = isShareable ? this.parts.entryFactory.entryOf(loaded.value) : undefined;
    if (loaded.thrown) throw loaded.thrown.error;
    return missResult(request, loaded.value, entry, { detail });
  }

  /** Loads a new value and replaces exactly the stored one. */
  revalidate(request: ReadRequest<V>, { stored }: FoundValue<V>, attempt: L2Attempt): Promise<ReadResult<V>> {
    const right = { expected: valuePrefix(stored.fillId), token: undefined };
    return this.loadAndStore(request, { tags: stored.tags, right }, attempt);
  }

  /** Loads, and stores the value unless its right is lost: the record has changed, or the load has outlived its lease. */
  async loadAndStore(
    request: ReadRequest<V>,
    { tags, right }: Pick<StoreParts, 'tags' | 'right'>,
    attempt: L2Attempt,
  ): Promise<ReadResult<V>> {
    const startedAt = this.runtime.clock.now();
    const loaded = await this.#run(request, attempt.inFlightRead).catch((error: unknown) => {
      this.giveBack(request.record.key, right, isOriginFailure(error));
      throw error;
    });
    const result = await this.store(request, loaded, { tags, startedAt, right }, attempt);
    if (loaded.thrown) throw loaded.thrown.error;
    return result;
  }

  /** Gives a right back without storing. If the origin has `failed`, other loads wait for the error back-off. */
  giveBack(recordKey: string, { token }: StoreRight, failed: boolean): void {
    if (token === undefined) return;
    const { errorBackOffMs: retryMs } = this.definition;
    const backOff = failed && retryMs ? { error: 'origin', retryMs } : undefined;
    void this.runtime.store.release(recordKey, token, backOff).catch(ignore);
  }

  /**
   * Stores what a load returned, or gives the right back. Returns the result for its request, and for those that share the entry.
   * Never rejects.
   */
  async store(
    request: Pick<ReadRequest<V>, 'record'>,
    loaded: Loaded<V>,
    { tags, startedAt, right }: StoreParts,
    attempt: L2Attempt,
  ): Promise<ReadResult<V>> {
    const { entryFactory } = this.parts;
    // All readers of the load share the entry.
    const entry = loaded.shareable ? entryFactory.entryOf(loaded.value) : undefined;
    const newEntry = entry && entryFactory.create(entry, { record: request.record, tags, startedAt });
    const filling = this.#store(request, newEntry, attempt, right);
    // After slow steps, the entry is stored without keeping the reader waiting.
    const filled = startedAt < attempt.lastStepAt && (await filling);
    if (newEntry && filled) {
      this.parts.l1.put(request.record, newEntry, attempt.inFlightRead);
      this.runtime.observation.detector?.stored(request.record, newEntry.entry.stored?.payload ?? '', tags);
    }
    return missResult(request, loaded.value, entry, { newEntry: filled ? newEntry : undefined });
  }

  /** Stores the entry, or gives the right back. Never rejects. */
  async #store(
    { record }: Pick<ReadRequest<V>, 'record'>,
    newEntry: NewEntry<V> | undefined,
    { session }: L2Attempt,
    right: StoreRight,
  ): Promise<boolean> {
    const { store } = this.runtime;
    const { counters } = this.parts;
    // Another connection may lead to another server, which may have lost invalidations since.
    const reconnected = store.sessionOf(record.key) !== session;
    const filled =
      newEntry && !reconnected
        ? await store.fill(record.key, { ...newEntry, expected: right.expected }).catch(() => undefined)
        : undefined;
    if (newEntry && filled) {
      counters.stored(record);
      this.runtime.observation.misses.stored(record.key, newEntry.ttlMs);
      return true;
    }
    if (newEntry)
      counters.notStored(record, reconnected ? 'reconnected' : filled === undefined ? 'unavailable' : 'overtaken');
    this.giveBack(record.key, right, false);
    return false;
  }

  async #run({ record, load, batch }: ReadRequest<V>, inFlightRead: InFlightRead): Promise<Loaded<V>> {
    const entryLoad = new EntryLoad(record.key, inFlightRead);
    const loads = [entryLoad];
    try {
      // A batch calls the origin itself, once all of its reads have reached their load.
      const value = await (batch
        ? LoadContext.run({ kind: 'load', loads }, load)
        : this.parts.origin.call(loads, load));
      const { warn } = this.parts.entryFactory;
      return { value, shareable: entryLoad.isShareable(value, warn), thrown: undefined };
    } catch (error) {
      if (!entryLoad.isAbsent) throw error;
      // The innermost loader found nothing, and an outer handler threw its 404. The absence is stored.
      return { value: undefined, shareable: true, thrown: { error } };
    }
  }
}

/** Returns whether the origin failed: the error is no client error, no overload of this process, and no load that never ran. */
export function isOriginFailure(error: unknown): boolean {
  if (error instanceof CacheError) return error.code === 'CACHE_LOAD_TIMEOUT';
  return !isClientError(error) && !(error instanceof LoadAbandoned);
}

/** A lease that could not be released expires. */
function ignore(): void {}

interface MissDetails<V> {
  readonly detail?: ReadDetail | undefined;
  readonly newEntry?: NewEntry<V> | undefined;
}

/** Returns the result of a load for its request, and for the requests that share its entry. Without an entry, none may share it. */
export function missResult<V>(
  request: Pick<ReadRequest<V>, 'record'>,
  value: V | undefined,
  entry?: Entry<V>,
  { detail, newEntry }: MissDetails<V> = {},
): ReadResult<V> {
  return {
    answer: entry ?? { value, json: undefined, etag: undefined },
    status: detail ? 'bypass' : 'miss',
    detail,
    tier: undefined,
    ttlMs: newEntry?.freshMs ?? 0,
    ageMs: newEntry?.ageMs ?? 0,
    stored: newEntry !== undefined,
    privateTo: entry ? undefined : request,
    collapsed: false,
  };
}
