import { type EntryRef, KeyResolver } from './store/key-resolver.js';
import type { CacheDefinition } from './policy/define-cache.js';
import { CacheError } from './errors.js';
import { type ReadServices, createReadServices } from './read/read-services.js';
import type { CacheCounters, CacheDurations } from './counters.js';
import { type Explanation, Explainer } from './inspect/explain.js';
import { LoadContext } from './context/load-context.js';
import { KeyedEntry } from './read/keyed-entry.js';
import { PageRead } from './batch/page-read.js';
import { Peek } from './inspect/peek.js';
import { type LoadMany, ReadMany } from './batch/read-many.js';
import type { ReadResult } from './read-result.js';
import { PATIENCE_MS } from './read/read-request.js';
import { ReadThrough } from './read/read-through.js';
import { Scan } from './inspect/scan.js';
import type { CacheRuntime } from './cache-runtime.js';
import type { CapturedTag } from './store/record-format.js';
import type { WriteBody } from './write/transaction.js';
import { SnapshotEntry } from './snapshot/snapshot-entry.js';
import { abortable } from './concurrency/abortable.js';
import { WritePath, type WriteScope, type Written } from './write/write-path.js';
import type { Applied } from './write/active-write.js';
import type { ReadOptions, SetOptions, WriteOptions } from './operation-options.js';

/**
 * A cache of one policy. This file has its operations; `read/read-through.ts` and `write/write-path.ts` implement them.
 *
 * **The promise.** After a write through this API is acknowledged, the instance that made it never reads an older value, and neither
 * does a `strong` read of any instance. A default read of another instance may be older until the invalidation message arrives, and
 * by at most `maxStaleness` when messages are lost: then the heartbeat is out of date, L1 is not read, and every read is strong.
 *
 * **Stale values.** Expired values are served for as long as `staleWhileRevalidate` and `staleIfError` allow. Invalidated values are
 * never served: tags are checked before age.
 *
 * **Concurrency.** Reads of one key share one load per process. Processes agree on the one that loads by a lease, which is the
 * record of the entry itself. A write announces itself (INTENT), changes the origin, and then deletes the record or stores its value
 * in it (DONE). Two writes that overlap store no value.
 *
 * **Without the store.** Reads call their loader, a limited number at once, and store nothing. Writes proceed. Their invalidations
 * are `pending`, and are applied before this process trusts the store again. No caller waits longer than the deadline of an
 * operation, and no call fails because of the store unless the cache is `strict`.
 *
 * **Why a load that began before an invalidation is not stored after it.** A load is stored only over the lease it began with, and
 * every invalidation of the key destroys the lease: DONE, INVALIDATE, a foreign DEL, expiry, eviction, FLUSHALL. The value carries
 * the tag versions from before the load, and an invalidated tag has another version. An invalidation message for the key or for one
 * of its tags during the read keeps the value out of L1.
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

  /** @internal */
  constructor(
    readonly definition: CacheDefinition<K, V>,
    private readonly runtime: CacheRuntime,
  ) {
    this.#services = createReadServices(definition, runtime);
    this.#reads = new ReadThrough(definition, runtime, this.#services);
    this.#writes = new WritePath(runtime, this.#services.counters.writeRejected);
    this.#keys = new KeyResolver(definition, runtime.keys, (what) => this.#services.entryFactory.warn(what));
    this.#explainer = new Explainer(definition, runtime, this.#services.l2Lookup);
    const pages = new PageRead(runtime, this.#services, this.#reads);
    this.#many = new ReadMany(this.#keys, { each: this.#reads, pages }, runtime, this.#services.origin);
    this.#peek = new Peek(runtime, this.#services);
    this.#scan = new Scan(definition, runtime, this.#services.l2Lookup);
  }

  /**
   * Returns the value of `key` from the nearest tier that has it, else from `load`. A key that the schema rejects is not stored.
   *
   * The trap: the value is shared with other reads and frozen, whether it was found or loaded. Copy it before you change it.
   *
   * @throws the error of `load`, unchanged.
   * @throws {CacheError} `CACHE_OVERLOADED` when too many loads wait; `CACHE_LOAD_TIMEOUT` when `load` does not settle in time;
   * `CACHE_ORIGIN_FAILED` during the back-off after an error.
   * @example
   * const user = await userCache.readThrough(id, () => repository.findById(id));
   */
  async readThrough<L extends V | undefined>(key: K, load: () => Promise<L>, options?: ReadOptions): Promise<L> {
    const ref = this.#keys.resolve(key);
    if (!ref) return options?.signal ? abortable(load, options.signal) : load();
    const inMemory = options ? undefined : this.#reads.getFromMemory(ref);
    // `L` includes `undefined` unless every loader of the entry returns a value, so a negative entry has that type too.
    if (inMemory) return inMemory.entry.value as L;
    return (await this.#read(ref, load, options)).answer.value as L;
  }

  /** As {@link readThrough}, with how the value was found. Returns `undefined`, without a load, when the schema rejects the key. */
  async read(
    rawKey: unknown,
    load: () => Promise<V | undefined>,
    options?: ReadOptions,
  ): Promise<ReadResult<V> | undefined> {
    const ref = this.#keys.resolve(rawKey);
    return ref && this.#read(ref, load, options);
  }

  /**
   * Returns the values of `keys`, in their order, each as {@link readThrough} finds it. Per 250 keys that are not in L1 it costs one
   * round trip to the store, and one call of `loadMany` for the missing ones. For keys that another process loads it waits up to
   * `patienceMs` in all, and loads the rest in a second call. A key that the schema rejects is loaded and not stored.
   *
   * The trap: `loadMany` returns a map, because the rows of `WHERE id IN (…)` come in any order and without the missing ones. A key
   * that the map lacks has no value.
   *
   * @throws the error of `loadMany`, unchanged, unless stale-if-error covers all of its keys.
   * @throws {CacheError} `CACHE_OVERLOADED`, `CACHE_LOAD_TIMEOUT`, `CACHE_ORIGIN_FAILED`, as {@link readThrough}.
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
    const read = (): Promise<(V | undefined)[]> => this.#many.read(keys, loadMany, { strong, patienceMs, signal });
    return signal ? abortable(read, signal) : read();
  }

  /**
   * Returns the entry of a key, for several operations on it; `undefined` when the schema rejects the key. With `textOnly`, the reads
   * of a caller that needs the JSON text decode no value.
   */
  at(rawKey: unknown, { textOnly = false } = {}): KeyedEntry<V> | undefined {
    const ref = this.#keys.resolve(rawKey);
    return ref && new KeyedEntry(ref, this.#reads, textOnly);
  }

  /** Returns an entry for a snapshot. @throws {CacheError} `CACHE_KEY_INVALID`; `CACHE_OPTIONS_INVALID` with a codec. @internal */
  snapshotEntry(key: K, load: () => Promise<V | undefined>): SnapshotEntry<V> {
    const services = { ...this.#services, reads: this.#reads };
    return new SnapshotEntry(this.definition, services, this.#keys.resolveOrThrow(key), load);
  }

  /**
   * Runs `write`, stores its result as the value of `key`, and invalidates `tags`. Reads within `write` bypass the cache. Keys and
   * tags that `write` gets only from the row go to the transaction that it receives.
   *
   * @throws the error of `write`, unchanged.
   * @throws {CacheError} before `write` runs: `CACHE_KEY_INVALID` when the schema rejects the key, `CACHE_WRITE_NESTED` within the body
   * of another write, `CACHE_UNAVAILABLE` in a strict cache. Rejects with nothing after `write` has returned.
   * @example
   * await userCache.writeThrough(id, () => repository.rename(id, name), { tags: ['users'] });
   */
  async writeThrough<R extends V>(key: K, write: WriteBody<R>, options: WriteOptions = {}): Promise<R> {
    return (await this.#writeValue(key, write, options)).result;
  }

  #writeValue<R extends V>(
    key: K,
    body: WriteBody<R>,
    { tags = [], ttlMs }: WriteOptions & SetOptions,
  ): Promise<Written<R>> {
    const { entryFactory } = this.#services;
    const { record, tags: own } = this.#keys.resolveOrThrow(key);
    const scope = this.#scope([record.key], tags);
    const startedAt = this.runtime.clock.now();
    // The new version of a tag that the write itself invalidates is not known yet, so its value cannot carry it.
    const versions = own.some((tag) => scope.tags.includes(tag)) ? undefined : this.#reads.versions(own);
    let captured: readonly CapturedTag[] | undefined;
    return this.#writes.write(
      scope,
      async (tx) => {
        captured = await versions;
        return body(tx);
      },
      (value) => {
        const entry = captured && entryFactory.entryOf(value);
        const newEntry = captured && entry && entryFactory.create(entry, { record, tags: captured, startedAt, ttlMs });
        return newEntry && { ...newEntry, recordKey: record.key };
      },
    );
  }

  /** As {@link writeThrough}, for a write that does not return the value: removes the entry, and returns the result. */
  async writeInvalidate<R>(key: K, body: WriteBody<R>, { tags = [] }: WriteOptions = {}): Promise<R> {
    const scope = this.#scope([this.#keys.resolveOrThrow(key).record.key], tags);
    return (await this.#writes.write(scope, body)).result;
  }

  /** Returns the stored value if it is fresh, else `undefined`. @throws when the store is unavailable, or the schema rejects the key. */
  async get(key: K): Promise<V | undefined> {
    return (await this.getMany([key]))[0];
  }

  /** Returns the values of `keys`, in their order, each as {@link get} finds it, with one round trip for those not in L1. */
  async getMany(keys: readonly K[]): Promise<(V | undefined)[]> {
    return this.#peek.peek(keys.map((key) => this.#keys.resolveOrThrow(key)));
  }

  /**
   * Iterates over the stored and fresh values of this cache, page by page. It scans all keys of the store: use it in tools, not in
   * requests.
   *
   * The trap: values that are stored or removed meanwhile may be missing or not, and a value may come twice.
   *
   * @throws {CacheError} `CACHE_UNAVAILABLE` when the store becomes unavailable.
   */
  values(): AsyncGenerator<V, void> {
    return this.#scan.values();
  }

  /**
   * Stores a value. Resolves to `applied` when the old value is gone, and to `pending` when it will be removed once the store is
   * available again.
   *
   * The trap: the value is not protected from a concurrent write to the origin, so prefer `readThrough` and `writeThrough`. A value that
   * is too large, or that was set beside another write of the key, is not stored, also with `applied`.
   *
   * @throws {CacheError} `CACHE_KEY_INVALID`; `CACHE_OPTIONS_INVALID` when `ttlMs` is not a number; `CACHE_UNAVAILABLE` in a strict cache;
   * `CACHE_WRITE_NESTED` within the body of a write.
   */
  async set(key: K, value: V, { ttlMs = Number.POSITIVE_INFINITY }: SetOptions = {}): Promise<Applied> {
    if (Number.isNaN(ttlMs))
      throw new CacheError('CACHE_OPTIONS_INVALID', 'The option ttlMs is NaN. Write a number of milliseconds.');
    return (await this.#writeValue(key, async () => value, { ttlMs: Math.ceil(ttlMs) })).applied;
  }

  /**
   * Invalidates the entry of `key` and every entry that has one of `tags`, in all instances and as one unit: no load stores one of
   * them from the old value of another.
   *
   * Within the body of a write, the invalidation joins that write. Then `applied` means that no load stores these entries from now
   * on. They are removed when the write ends, so that no value from before the commit remains.
   *
   * @throws {CacheError} `CACHE_KEY_INVALID` when the schema rejects the key; `CACHE_UNAVAILABLE` in a strict cache, where the invalidation
   * is pending.
   */
  async invalidate(key: K, { tags = [] }: WriteOptions = {}): Promise<Applied> {
    return this.#writes.invalidate(this.#scope([this.#keys.resolveOrThrow(key).record.key], tags));
  }

  /** As {@link invalidate}. */
  async delete(key: K, options?: WriteOptions): Promise<Applied> {
    return this.invalidate(key, options);
  }

  /** Invalidates every entry that has one of `tags`, in all caches, at the cost of one record per tag. As {@link invalidate}. */
  async invalidateTags(tags: readonly string[]): Promise<Applied> {
    return this.#writes.invalidate(this.#scope([], tags));
  }

  /** Invalidates every entry of this cache. As {@link invalidate}. */
  async clear(): Promise<Applied> {
    const tag = this.runtime.keys.cacheTag(this.definition.name);
    return this.#writes.invalidate({ ...this.#scope([], []), tags: [tag] });
  }

  /**
   * Explains what a read of `key` in this process would find now, and why. Loads, stores and counts nothing, and does not reject
   * when the store is unavailable.
   *
   * The trap: it describes this moment and this process. The L1 of another process holds other entries.
   *
   * @throws {CacheError} `CACHE_KEY_INVALID` when the schema rejects the key.
   * @example
   * const { state, invalidatedBy } = await userCache.explain(id);
   */
  async explain(key: K): Promise<Explanation<K>> {
    return this.#explainer.explain(this.#keys.resolveOrThrow(key));
  }

  /** Returns the counters of this cache in this process, since its start. */
  counters(): CacheCounters {
    const { coherence, loadLimiter } = this.runtime;
    const { name } = this.definition;
    const l1 = { ...coherence.local.usage(name), evictions: coherence.local.evictions(name) };
    return this.#services.counters.snapshot(l1, loadLimiter.inProgress(name));
  }

  /** How long the reads and the loads of this cache took in this process, since its start. */
  get durations(): CacheDurations {
    return this.#services.counters.durations;
  }

  #read(
    { record, tags }: EntryRef<K>,
    load: () => Promise<V | undefined>,
    { strong = false, signal, patienceMs = PATIENCE_MS }: ReadOptions = {},
  ): Promise<ReadResult<V>> {
    const read = (): Promise<ReadResult<V>> => this.#reads.read({ record, tags, load, strong, patienceMs });
    return signal ? abortable(read, signal) : read();
  }

  /** `tags` are named as the policies name them. */
  #scope(recordKeys: readonly string[], tags: readonly string[]): WriteScope {
    LoadContext.session?.names(tags);
    const names = [...new Set(tags)].map((tag) => this.runtime.keys.tag(tag));
    return { recordKeys, tags: names, strict: this.definition.strict ?? false };
  }
}
