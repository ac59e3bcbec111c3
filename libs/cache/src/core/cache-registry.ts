import { Cache } from './cache.js';
import { CacheSession } from './context/cache-session.js';
import type { CacheDefinition } from './policy/define-cache.js';
import { LoadContext } from './context/load-context.js';
import { CacheError } from './errors.js';
import type { CacheCounters, CacheDurations } from './counters.js';
import type { Histogram } from './histogram.js';
import type { WriteJournal } from './observe/journal-entry.js';
import type { HotKey } from './observe/hot-keys.js';
import type { Miss } from './observe/miss-log.js';
import type { InvalidationCounts } from './observe/observation.js';
import type { OutboxState } from './coherence/outbox-status.js';
import { type CacheRuntime, usable } from './cache-runtime.js';
import type { KeyedEntry } from './read/keyed-entry.js';
import { type SnapshotOptions, takeSnapshot } from './snapshot/take-snapshot.js';
import type { SnapshotEntry } from './snapshot/snapshot-entry.js';
import type { StalenessCounts } from './staleness/staleness-counts.js';
import type { MemoryUsage, ServerState } from './store/store.js';
import type { Applied } from './write/active-write.js';
import type { WriteBody } from './write/transaction.js';
import { WritePath, type Written } from './write/write-path.js';

/** The state of the invalidation channel of this process. */
export interface ChannelState {
  /** Whether L1 may be read, because the last verified heartbeat is younger than `maxStaleness`. Always `true` without Redis. */
  readonly connected: boolean;
  /** Milliseconds since the last verified heartbeat was sent. `undefined` before the first one, and without Redis. */
  readonly heartbeatAgeMs: number | undefined;
  /** Number of times L1 was flushed because invalidation messages may have been lost. */
  readonly flushes: number;
}

/** The memory of a process besides the entries in L1. */
export interface ProcessMemory {
  /** The tag versions that L1 relies on. */
  readonly tags: MemoryUsage;
  /** The records of the store that replaces Redis; `undefined` with Redis. */
  readonly records: MemoryUsage | undefined;
}

/** Configures one write with {@link CacheRegistry.write}. */
export interface TransactionOptions {
  /** Whether `tx.invalidate` rejects if the store does not acknowledge it, so that the database can roll back. @default false */
  readonly strict?: boolean;
}

/** Configures {@link CacheRegistry.ready}. */
export interface ReadyOptions {
  /** How long to wait, in milliseconds. @default 5_000 */
  readonly timeoutMs?: number;
}

/** Reads the entry of a key within a snapshot. */
export type SnapshotRead = <K, V, L extends V | undefined>(
  definition: CacheDefinition<K, V>,
  key: K,
  load: () => Promise<L>,
) => Promise<L>;

/** Creates and finds the caches of the application, one per definition. */
export class CacheRegistry {
  readonly #caches = new Map<string, Cache<unknown, unknown>>();

  readonly #writes: WritePath;

  /** @internal */
  constructor(private readonly runtime: CacheRuntime) {
    // A transaction belongs to no single cache, so no cache counts it.
    this.#writes = new WritePath(runtime, () => {});
  }

  /** Whether entries live in this process only, because no Redis is configured. */
  get inProcess(): boolean {
    return this.runtime.store.session === 'memory';
  }

  /** Returns the state of the invalidation channel. L1 is read only while `connected`. */
  get channel(): ChannelState {
    const { fresh, heartbeatAgeMs, flushes } = this.runtime.coherence;
    return {
      connected: fresh,
      heartbeatAgeMs: Number.isFinite(heartbeatAgeMs) ? Math.round(heartbeatAgeMs) : undefined,
      flushes,
    };
  }

  /**
   * The word with which Redis refuses what the caches need, such as `MISCONF` or `NOPERM`, while it answers. `undefined` while it
   * refuses nothing, and without Redis.
   */
  get refusal(): string | undefined {
    return this.runtime.store.refusal;
  }

  /** The masters of a Redis Cluster, and whether each is connected and verified. `undefined` with another Redis, and without one. */
  get masters(): readonly ServerState[] | undefined {
    return this.runtime.store.servers;
  }

  /** Number of invalidations that wait until the store is available again. */
  get pending(): number {
    return this.runtime.pending.size;
  }

  /** How far this process has applied the outbox of the database. `undefined` without `OutboxModule`. */
  get outbox(): OutboxState | undefined {
    return this.runtime.outbox.status.state;
  }

  /** How far the changes of the database were purged from the CDN. `undefined` without `EdgeModule`. */
  get edge(): OutboxState | undefined {
    return this.runtime.edge.state;
  }

  /** Returns what all caches together hold in memory. `CacheCounters.tiers.l1` has the entries of each cache. */
  get memory(): ProcessMemory {
    const { coherence, store } = this.runtime;
    return { tags: coherence.tags.usage, records: store.usage };
  }

  /**
   * Resolves when the caches read from Redis and write to it: for a script that reads or invalidates entries and ends. Without
   * Redis, it resolves at once.
   *
   * @throws {CacheError} `CACHE_UNAVAILABLE` after `timeoutMs`.
   * @example
   * const job = await NestFactory.createApplicationContext(JobModule);
   * await job.get(CacheRegistry).ready({ timeoutMs: 5_000 });
   */
  async ready({ timeoutMs = 5_000 }: ReadyOptions = {}): Promise<void> {
    if (await usable(this.runtime, timeoutMs)) return;
    throw new CacheError(
      'CACHE_UNAVAILABLE',
      `The caches could not use Redis within ${timeoutMs} ms. The log has the reason: look for "Redis".`,
    );
  }

  /**
   * Runs one write that affects several entries, in any number of caches. `body` names each entry to its transaction as soon as
   * it has the key, and before the database commits. Once `body` has returned, all entries are invalidated, keys before tags.
   * `applied` is `'applied'` if every process reloads them from now on, or `'pending'` if the store is unavailable and only
   * this process bypasses them.
   *
   * The trap: the database has its own transaction. Begin and commit it inside `body`.
   *
   * @throws the error of `body`, unchanged. After `body` has returned, nothing is thrown.
   * @throws {CacheError} `CACHE_WRITE_NESTED` within the body of another write.
   * @example
   * const { result, applied } = await caches.write(async (tx) => {
   *   await tx.invalidate(userById, id);
   *   await tx.invalidateTags(['users']);
   *   return users.rename(id, name);
   * });
   */
  write<R>(body: WriteBody<R>, { strict = false }: TransactionOptions = {}): Promise<Written<R>> {
    const known = { recordKeys: [], tags: [], strict };
    return this.#writes.write(known, body);
  }

  /** Invalidates entries of any caches, and all entries with one of `tags`, as one unit. As `Cache.invalidate` without `strict`. */
  invalidate(entries: readonly KeyedEntry<unknown>[], tags: readonly string[] = []): Promise<Applied> {
    LoadContext.session?.names(tags);
    const recordKeys = new Set(entries.map(({ recordKey }) => recordKey));
    const tagKeys = new Set(tags.map((tag) => this.runtime.keys.tag(tag)));
    return this.#writes.invalidate({ recordKeys: [...recordKeys], tags: [...tagKeys], strict: false });
  }

  /**
   * Returns a session for the writes and reads of one client, which its token carries from one process to another. A text that is no
   * token makes every read of the session strong.
   *
   * @example
   * const session = caches.session(request.token);
   * const user = await session.run(() => users.find(id));
   */
  session(token?: string): CacheSession {
    return new CacheSession(token);
  }

  /**
   * Runs `work`, whose reads all return what existed at one instant: it sees a write of several records as a whole, or not at all. No
   * read uses the memory of the process. Reads that `work` begins in one turn cost one round trip together; if entries that it has
   * read change before its last read, it runs again.
   *
   * The trap: `work` may run several times, so it must only read. Within the body of a write there is no snapshot.
   *
   * @throws {CacheError} `CACHE_SNAPSHOT_FAILED` when the entries are written too often, are not stored, or the store is unavailable,
   * unless the option `transaction` is set. `CACHE_WRITE_NESTED` within the body of a write.
   * @throws the error of `work`, or of a loader, unchanged.
   * @example
   * const [account, transfers] = await caches.snapshot((read) =>
   *   Promise.all([
   *     read(accountById, id, () => accounts.find(id)),
   *     read(transfersOf, id, () => transfers.of(id)),
   *   ]),
   * );
   */
  async snapshot<R>(work: (read: SnapshotRead) => Promise<R>, options: SnapshotOptions = {}): Promise<R> {
    if (LoadContext.current?.write)
      throw new CacheError('CACHE_WRITE_NESTED', 'A snapshot within a write. Take it before the write begins.');
    return takeSnapshot(
      this.runtime,
      (readEntry) =>
        // `L` includes `undefined` unless every loader of the entry returns a value, so an absence has that type too.
        work(
          async (definition, key, load) =>
            (await readEntry(this.#entry(definition, key, load))) as Awaited<ReturnType<typeof load>>,
        ),
      options,
    );
  }

  /** Creates the cache of a definition. @throws {CacheError} `CACHE_NAME_TAKEN` when the name has a cache already. */
  create<K, V>(definition: CacheDefinition<K, V>): Cache<K, V> {
    const { name } = definition;
    if (this.#registered(definition))
      throw new CacheError('CACHE_NAME_TAKEN', `The cache "${name}" exists already. Get it with CacheRegistry.find.`);
    if (this.#caches.has(name))
      throw new CacheError('CACHE_NAME_TAKEN', `Two caches are named "${name}". Give each definition its own name.`);
    const cache = new Cache(definition, this.runtime);
    this.#caches.set(name, cache);
    return cache;
  }

  /** Returns the cache of a definition, which several modules may register. @throws as {@link create}. */
  register(definition: CacheDefinition<unknown, unknown>): Cache<unknown, unknown> {
    return this.#registered(definition) ?? this.create(definition);
  }

  /** Returns the cache of a definition. @throws {CacheError} `CACHE_NOT_REGISTERED` when no module registered it. */
  find(definition: CacheDefinition<unknown, unknown>): Cache<unknown, unknown> {
    const cache = this.#registered(definition);
    if (cache) return cache;
    throw new CacheError(
      'CACHE_NOT_REGISTERED',
      `No module registered the cache "${definition.name}". Add its definition to CacheModule.forRoot({ caches: [ … ] }) or to CacheModule.forFeature( … ).`,
    );
  }

  #entry<K, V>(definition: CacheDefinition<K, V>, key: K, load: () => Promise<V | undefined>): SnapshotEntry<unknown> {
    return this.find(definition).snapshotEntry(key, load);
  }

  #registered({ name, token }: CacheDefinition<unknown, unknown>): Cache<unknown, unknown> | undefined {
    const cache = this.#caches.get(name);
    return cache?.definition.token === token ? cache : undefined;
  }

  /** Returns the caches of the application, by name. */
  get caches(): ReadonlyMap<string, Cache<unknown, unknown>> {
    return this.#caches;
  }

  /** Returns the counters of each cache since this process started, by the cache's name. */
  counters(): Record<string, CacheCounters> {
    return Object.fromEntries([...this.#caches].map(([name, cache]) => [name, cache.counters()]));
  }

  /** Returns how long the reads and loads of each cache took since this process started, by the cache's name. */
  durations(): Record<string, CacheDurations> {
    return Object.fromEntries([...this.#caches].map(([name, { durations }]) => [name, durations]));
  }

  /** The number of records and tags that were invalidated since this process started. */
  get invalidations(): InvalidationCounts {
    return this.runtime.observation.invalidations;
  }

  /** How long each heartbeat took, from its start until all messages before it had arrived. Empty without Redis. */
  get channelLag(): Histogram {
    return this.runtime.observation.channelLag;
  }

  /** How long the operations on Redis took, by the name of their script. Empty without Redis. */
  get operations(): ReadonlyMap<string, Histogram> {
    return this.runtime.store.operations ?? NO_OPERATIONS;
  }

  /** How sampled writes compare with later answers of this process; `undefined` without the option `stalenessSamples`. */
  get staleness(): StalenessCounts | undefined {
    return this.runtime.staleness?.counts;
  }

  /** The last 1,000 writes and invalidations of this process, the newest first. */
  get journal(): WriteJournal {
    return this.runtime.observation.journal;
  }

  /** The last 1,000 reads of this process that loaded their value, the newest first. */
  get misses(): Iterable<Miss> {
    return this.runtime.observation.misses;
  }

  /** The records that this process has read most in the last one to two minutes, at most 200, the first one most. */
  get hotKeys(): readonly HotKey[] {
    return this.runtime.observation.hotKeys.list();
  }
}

const NO_OPERATIONS: ReadonlyMap<string, never> = new Map<string, never>();
