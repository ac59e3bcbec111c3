import { Cache, type WriteBody } from './cache.js';
import type { CacheDefinition } from './policy/define-cache.js';
import { CacheError } from './errors.js';
import type { CacheCounters } from './counters.js';
import type { CacheRuntime } from './cache-runtime.js';
import { CacheTransaction } from './write/transaction.js';
import { WritePath, type Written } from './write/write-path.js';

/** The state of the invalidation channel of this process. */
export interface ChannelState {
  readonly connected: boolean;
  /** How long ago the last fence was sent, in milliseconds; `undefined` without one, and where none is needed. */
  readonly heartbeatAgeMs: number | undefined;
  /** How often everything that was held was dropped, because messages may have been missed. */
  readonly flushes: number;
}

export interface TransactionOptions {
  /** Whether naming what the store does not acknowledge throws, so that the database can still roll back. @default false */
  readonly strict?: boolean;
}

/** Every cache of the application, one a definition. */
export class CacheRegistry {
  readonly #caches = new Map<string, Cache<unknown, unknown>>();

  readonly #writes: WritePath;

  constructor(private readonly runtime: CacheRuntime) {
    this.#writes = new WritePath(runtime);
  }

  /** Whether entries live in this process only, because there is no Redis. */
  get inProcess(): boolean {
    return this.runtime.store.session === 'memory';
  }

  /** What this process can prove of what it hears: L1 is read only while `connected`. */
  get channel(): ChannelState {
    const { fresh, heartbeatAgeMs, flushes } = this.runtime.coherence;
    return {
      connected: fresh,
      heartbeatAgeMs: Number.isFinite(heartbeatAgeMs) ? Math.round(heartbeatAgeMs) : undefined,
      flushes,
    };
  }

  /** Invalidations that wait for the store to come back. */
  get pending(): number {
    return this.runtime.pending.size;
  }

  /**
   * Runs one write that concerns several entries, in any number of caches: `body` names them to the transaction that it is given,
   * as soon as it knows them and before the database commits. When it has returned, all are invalidated, keys before tags; and
   * `applied` says whether every process reads anew from now on, or the store is away and this one remembers (`pending`).
   *
   * The trap: only `body` knows the database. Begin and commit its transaction in there.
   *
   * @throws what `body` throws, unchanged. After it has returned, nothing is thrown.
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
    const { keys } = this.runtime;
    return this.#writes.write(known, (write) => CacheTransaction.run(write, keys, body));
  }

  /** Makes the cache of a definition. @throws {CacheError} `CACHE_NAME_TAKEN` when another has its name. */
  create<K, V>(definition: CacheDefinition<K, V>): Cache<K, V> {
    if (this.#caches.has(definition.name)) {
      throw new CacheError(
        'CACHE_NAME_TAKEN',
        `Two caches are named "${definition.name}". Register each definition once, and give each its own name.`,
      );
    }
    const cache = new Cache(definition, this.runtime);
    this.#caches.set(definition.name, cache);
    return cache;
  }

  /** The cache of a definition. @throws {CacheError} `CACHE_NOT_REGISTERED` when no module registered it. */
  find(definition: CacheDefinition<unknown, unknown>): Cache<unknown, unknown> {
    const cache = this.#caches.get(definition.name);
    if (cache?.definition.token === definition.token) return cache;
    throw new CacheError(
      'CACHE_NOT_REGISTERED',
      `No module registered the cache "${definition.name}". Add CacheModule.forFeature(…) with it to the imports of its module.`,
    );
  }

  /** What each cache did in this process since it started, by the cache's name. */
  counters(): Record<string, CacheCounters> {
    return Object.fromEntries([...this.#caches].map(([name, cache]) => [name, cache.counters()]));
  }
}
