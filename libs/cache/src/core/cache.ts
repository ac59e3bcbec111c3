import { type EntryRef, KeyResolver } from './store/key-resolver.js';
import type { CacheDefinition } from './policy/define-cache.js';
import { CacheError } from './errors.js';
import { type ReadServices, createReadServices } from './read/read-services.js';
import type { CacheCounters } from './counters.js';
import { type Explanation, Explainer } from './inspect/explain.js';
import { noteInvalidated } from './context/invalidated-tags.js';
import { KeyedEntry } from './read/keyed-entry.js';
import { Peek } from './inspect/peek.js';
import { type LoadMany, ReadMany } from './batch/read-many.js';
import type { ReadResult } from './read-result.js';
import { PATIENCE_MS } from './read/read-request.js';
import { ReadThrough } from './read/read-through.js';
import { Scan } from './inspect/scan.js';
import type { CacheRuntime } from './cache-runtime.js';
import { CacheTransaction } from './write/transaction.js';
import { abortable } from './concurrency/abortable.js';
import { WritePath, type WriteScope, type Written } from './write/write-path.js';
import type { Applied, ActiveWrite } from './write/active-write.js';

export interface ReadOptions {
  /** Not older than the newest write that was acknowledged before, by any process. Costs a round trip. @default false */
  readonly strong?: boolean;
  /** The caller leaves when it fires; a load it began goes on for the others. */
  readonly signal?: AbortSignal;
  /** How long to wait for a load that another process is doing, in milliseconds, before loading too. @default 5_000 */
  readonly patienceMs?: number;
}

/** What a write invalidates besides its own key. */
export interface WriteOptions {
  /** Every entry that has one of these tags, in whichever cache. @default none */
  readonly tags?: readonly string[];
}

export interface SetOptions {
  /**
   * How long the value is fresh at most, in milliseconds; it never outlives its policy. A part of one counts as one. With none left
   * nothing is stored, and what stood there is gone.
   * @default as long as the policy says
   */
  readonly ttlMs?: number;
}

/** Writes to the origin. It need not name again what the call of the cache names. */
export type WriteBody<R> = (tx: CacheTransaction) => Promise<R>;

/**
 * A cache of one policy. This file only says what there is; `read-path` and `write-path` say how.
 *
 * **What is promised.** After a write through this API is acknowledged, this process never reads an older value, and neither does
 * a `strong` read of any process. Other reads of other processes are no older than the way of a message, and no older
 * than `maxStaleness` when messages are lost: then the fence goes out of date, L1 is not read any
 * more, and every read is strong.
 *
 * **What may be stale.** Expired values, for as long as `staleWhileRevalidate` and `staleIfError` say. Invalidated ones never:
 * tags are checked before age.
 *
 * **What happens at the same time.** Readers of one key share one load in the process, and processes agree on who loads by a
 * lease that is the slot itself. A writer announces its write (INTENT), writes, and then empties the slot or leaves its value in
 * it (DONE). Two writers that overlap leave nothing.
 *
 * **What happens without the store.** Reads run their loader, a limited number at once, and store nothing. Writes go on; what
 * they could not invalidate is remembered and applied before this process trusts the store again: `pending` says so. No caller
 * waits longer than the deadline of an operation, and none fails because of the store unless it asked for that (`strict`).
 *
 * **Why a load that began before an invalidation is not stored after it.** It may be stored only over the lease it began with,
 * and whatever invalidates the key destroys the lease: DONE, INVALIDATE, a foreign DEL, expiry, eviction, FLUSHALL. It carries
 * the versions that its tags had before it began, and an invalidated tag has another. And a push for the key or one of its tags
 * during the read keeps it out of L1.
 */
export class Cache<K, V> {
  readonly #services: ReadServices<K, V>;
  readonly #reads: ReadThrough<K, V>;
  readonly #writes: WritePath;
  readonly #keys: KeyResolver<K>;
  readonly #many: ReadMany<K, V>;
  readonly #peek: Peek<K, V>;
  readonly #scan: Scan<K, V>;
  readonly #explainer: Explainer<K, V>;

  constructor(
    readonly definition: CacheDefinition<K, V>,
    private readonly runtime: CacheRuntime,
  ) {
    this.#services = createReadServices(definition, runtime);
    const { counters, l2Lookup } = this.#services;
    this.#reads = new ReadThrough(definition, runtime, this.#services);
    this.#writes = new WritePath(runtime);
    this.#keys = new KeyResolver(definition, runtime.keys);
    this.#explainer = new Explainer(definition, runtime, l2Lookup);
    this.#many = new ReadMany(this.#keys, this.#reads, runtime, counters);
    this.#peek = new Peek(runtime, this.#services);
    this.#scan = new Scan(definition, runtime, l2Lookup);
  }

  /**
   * The value under `key`, from the nearest tier that has it, else from `load`. A key that the schema refuses is loaded, not
   * stored.
   *
   * @throws what `load` throws, unchanged.
   * @throws {CacheError} `CACHE_OVERLOADED`, `CACHE_ORIGIN_FAILED` where the origin is spared.
   */
  async readThrough<L extends V | undefined>(key: K, load: () => Promise<L>, options?: ReadOptions): Promise<L> {
    const ref = this.#keys.resolve(key);
    if (!ref) return abortable(load, options?.signal);
    const held = options ? undefined : this.#reads.getFromMemory(ref.record.key);
    // `L` says whether there may be no value: a loader that always finds one has left no entry that says otherwise.
    if (held) return held.entry.value as L;
    return (await this.#read(ref, load, options)).answer.value as L;
  }

  /** As {@link readThrough}, with how the value was found. Answers `undefined`, without loading, when `rawKey` is no key. */
  async read(
    rawKey: unknown,
    load: () => Promise<V | undefined>,
    options?: ReadOptions,
  ): Promise<ReadResult<V> | undefined> {
    const ref = this.#keys.resolve(rawKey);
    return ref && this.#read(ref, load, options);
  }

  /**
   * The values under `keys`, in their order, each as {@link readThrough} finds it: for every 250 that this process does not hold,
   * one round trip to the store, and one call of `loadMany` for what nobody has. Keys that another process is loading are waited
   * for, `patienceMs` in all, and loaded in a second call when that fails. A key that the schema refuses is loaded, not stored.
   *
   * The trap: `loadMany` answers a map, because the rows of `WHERE id IN (…)` come in any order and without those that do not
   * exist. A key that the map lacks has no value.
   *
   * @throws what `loadMany` throws, unchanged, unless all it was to load may be served stale instead.
   * @throws {CacheError} `CACHE_OVERLOADED`, `CACHE_ORIGIN_FAILED` where the origin is spared.
   * @example
   * const users = await userCache.readThroughMany(ids, async (missing) => {
   *   const rows = await repository.findByIds(missing);
   *   return new Map(rows.map((user) => [user.id, user]));
   * });
   */
  async readThroughMany(
    keys: readonly K[],
    loadMany: LoadMany<K, V>,
    { strong = false, signal, patienceMs = PATIENCE_MS }: ReadOptions = {},
  ): Promise<(V | undefined)[]> {
    return abortable(() => this.#many.read(keys, loadMany, { strong, patienceMs, signal }), signal);
  }

  /** The entry of what may be a key, for who asks about it more than once; `undefined` when `rawKey` is no key. */
  at(rawKey: unknown): KeyedEntry<V> | undefined {
    const ref = this.#keys.resolve(rawKey);
    return ref && new KeyedEntry(ref, this.#reads);
  }

  /**
   * Runs `write` and leaves what it returns as the value of `key`, for everyone to read; invalidates `tags`. Reads within
   * `write` pass the cache by. What else it changes, and learns only on its way, it tells the transaction that it is given.
   *
   * @throws what `write` throws, unchanged.
   * @throws {CacheError} before the write: `CACHE_KEY_INVALID` when the schema refuses the key, `CACHE_WRITE_NESTED` within the body of
   * another, `CACHE_UNAVAILABLE` in a strict cache. After `write` has returned, nothing is thrown.
   */
  async writeThrough<R extends V>(key: K, write: WriteBody<R>, options: WriteOptions = {}): Promise<R> {
    return (await this.#writeValue(key, write, options)).result;
  }

  async #writeValue<R extends V>(
    key: K,
    body: WriteBody<R>,
    { tags = [], ttlMs }: WriteOptions & SetOptions,
  ): Promise<Written<R>> {
    const { record, tags: own } = this.#keys.resolveOrThrow(key);
    const scope = this.#scope([record.key], this.#tagNames(tags));
    const startedAt = this.runtime.clock.now();
    // A tag that the write itself invalidates has no version yet that its value could carry.
    const versions = own.some((tag) => scope.tags.includes(tag)) ? undefined : this.#reads.versions(own);
    const { result, applied } = await this.#writes.write(
      scope,
      async (write) => {
        const captured = await versions;
        return { value: await this.#run(write, body), captured };
      },
      ({ value, captured }) => {
        const newEntry = captured && this.#services.entryFactory.create(value, captured, startedAt, ttlMs);
        return newEntry && { ...newEntry, recordKey: record.key };
      },
    );
    return { result: result.value, applied };
  }

  /** As {@link writeThrough}, for a write that returns something else than the value: the entry is removed. */
  async writeInvalidate<R>(key: K, body: WriteBody<R>, { tags = [] }: WriteOptions = {}): Promise<R> {
    const scope = this.#scope([this.#keys.resolveOrThrow(key).record.key], this.#tagNames(tags));
    const { result } = await this.#writes.write(scope, (write) => this.#run(write, body));
    return result;
  }

  /** The value that is stored and fresh, or `undefined`. @throws when the store is away, or the schema refuses the key. */
  async get(key: K): Promise<V | undefined> {
    const [value] = await this.getMany([key]);
    return value;
  }

  /** The values under `keys`, in their order, each as {@link get} finds it: one round trip for what this process does not hold. */
  async getMany(keys: readonly K[]): Promise<(V | undefined)[]> {
    return this.#peek.peek(keys.map((key) => this.#keys.resolveOrThrow(key)));
  }

  /**
   * Walks through the values of this cache that are stored and fresh, page by page, for as long as the caller asks for more. It costs
   * the store a look at everything it holds, so it is for tools, not for requests.
   *
   * The trap: what is stored or removed meanwhile may be seen or not, and a value may come twice.
   *
   * @throws {CacheError} `CACHE_UNAVAILABLE` when the store went away in between.
   */
  values(): AsyncGenerator<V, void> {
    return this.#scan.values();
  }

  /**
   * Stores a value that the caller vouches for: nothing protects it from a write of the origin at the same time. `applied` says that
   * what stood there is gone. That the value stands there instead it does not: one that is too large, or was set beside another
   * write of the key, is not stored. `pending` says that what it was to replace goes as soon as the store is back.
   *
   * @throws {CacheError} `CACHE_KEY_INVALID`; `CACHE_OPTIONS_INVALID` for a `ttlMs` that is no number; `CACHE_UNAVAILABLE` in a strict
   * cache; `CACHE_WRITE_NESTED` within the body of a write.
   */
  async set(key: K, value: V, { ttlMs = Number.POSITIVE_INFINITY }: SetOptions = {}): Promise<Applied> {
    if (Number.isNaN(ttlMs))
      throw new CacheError('CACHE_OPTIONS_INVALID', 'ttlMs is NaN: write a number of milliseconds.');
    return (await this.#writeValue(key, async () => value, { ttlMs: Math.ceil(ttlMs) })).applied;
  }

  /**
   * Removes the entry of `key`, and with it every entry that has one of `tags`, everywhere and as one: nobody loads one of them
   * from another that is still to go.
   *
   * Within the body of a write it belongs to that write, as if its transaction had been told: `applied` says that nobody stores
   * these entries from now on, and they are removed when the write ends, so that what was read before the commit is not kept.
   *
   * @throws {CacheError} `CACHE_KEY_INVALID` when the schema refuses the key; `CACHE_UNAVAILABLE` in a strict cache: it is pending then.
   */
  async invalidate(key: K, { tags = [] }: WriteOptions = {}): Promise<Applied> {
    return this.#writes.invalidate(this.#scope([this.#keys.resolveOrThrow(key).record.key], this.#tagNames(tags)));
  }

  /** As {@link invalidate}. */
  async delete(key: K, options?: WriteOptions): Promise<Applied> {
    return this.invalidate(key, options);
  }

  /** Invalidates every entry that has one of `tags`, in whichever cache, at the cost of one slot a tag. As {@link invalidate}. */
  async invalidateTags(tags: readonly string[]): Promise<Applied> {
    return this.#writes.invalidate(this.#scope([], this.#tagNames(tags)));
  }

  /** Invalidates every entry of this cache. As {@link invalidate}. */
  async clear(): Promise<Applied> {
    return this.#writes.invalidate(this.#scope([], [this.runtime.keys.cacheTag(this.definition.name)]));
  }

  /**
   * What a read of `key` by this process would find now, and why. It loads nothing, stores nothing, counts nothing and never
   * throws because the store is away.
   *
   * The trap: it is true of the moment. Another process may answer otherwise, because it holds other entries.
   *
   * @throws {CacheError} `CACHE_KEY_INVALID` when the schema refuses the key.
   * @example
   * const { state, invalidatedBy } = await userCache.explain(id);
   */
  async explain(key: K): Promise<Explanation<K>> {
    return this.#explainer.explain(this.#keys.resolveOrThrow(key));
  }

  /** What this cache did in this process since it started. */
  counters(): CacheCounters {
    return this.#services.counters.snapshot(this.runtime.coherence.local.usage(this.definition.name));
  }

  #tagNames(tags: readonly string[]): readonly string[] {
    noteInvalidated(tags);
    return [...new Set(tags)].map((tag) => this.runtime.keys.tag(tag));
  }

  #run<R>(write: ActiveWrite, body: WriteBody<R>): Promise<R> {
    return CacheTransaction.run(write, this.runtime.keys, body);
  }

  async #read(
    { record, tags }: EntryRef<K>,
    load: () => Promise<V | undefined>,
    { strong = false, signal, patienceMs = PATIENCE_MS }: ReadOptions = {},
  ): Promise<ReadResult<V>> {
    return abortable(() => this.#reads.read({ record, tags, load, strong, patienceMs }), signal);
  }

  #scope(recordKeys: readonly string[], tags: readonly string[]): WriteScope {
    return { recordKeys, tags, strict: this.definition.strict ?? false };
  }
}
