import { AsyncLocalStorage } from 'node:async_hooks';
import type { CacheDefinition } from '../policy/define-cache.js';
import { KeyResolver } from '../store/key-resolver.js';
import { CacheError } from '../errors.js';
import { noteInvalidated } from '../context/invalidated-tags.js';
import { LoadContext } from '../context/load-context.js';
import type { RedisKeys } from '../store/redis-keys.js';
import type { InvalidationBatch } from '../coherence/pending-invalidations.js';
import type { ActiveWrite } from './active-write.js';

/**
 * What one write invalidates, told as it becomes known. Name each entry and tag before the database commits, and wait for it:
 * from then on until the write ends no reader stores what is about to change.
 *
 * The trap: what is named after the commit is invalidated too, but a reader that loaded just before may have stored the old value
 * in between.
 *
 * @example
 * await caches.write(async (tx) => {
 *   await tx.invalidate(userById, id);
 *   return database.transaction(async (trx) => {
 *     const before = await users.lock(trx, id);
 *     await tx.invalidate(userByEmail, before.email);
 *     return users.rename(trx, id, email);
 *   });
 * });
 */
export class CacheTransaction {
  static readonly #running = new AsyncLocalStorage<CacheTransaction>();
  #ended = false;

  private constructor(
    private readonly write: ActiveWrite,
    private readonly keys: RedisKeys,
  ) {}

  /** Runs the body of a write. */
  static async run<R>(write: ActiveWrite, keys: RedisKeys, body: (tx: CacheTransaction) => Promise<R>): Promise<R> {
    const tx = new CacheTransaction(write, keys);
    try {
      return await CacheTransaction.#running.run(tx, () => body(tx));
    } finally {
      tx.#ended = true;
    }
  }

  /** The write over the store of `names` whose body the present code is, until it has returned. */
  static current(keys: RedisKeys): CacheTransaction | undefined {
    const tx = LoadContext.current?.isWrite ? CacheTransaction.#running.getStore() : undefined;
    return tx?.keys === keys && !tx.#ended ? tx : undefined;
  }

  /**
   * The write changes what stands under `key`: also what a create, a rename or a delete makes absent or known. The module that
   * registers the cache need not run in this process.
   *
   * @throws {CacheError} `CACHE_KEY_INVALID`; `CACHE_UNAVAILABLE` when the write is strict and the store did not acknowledge it;
   * `CACHE_WRITE_ENDED` when the body has returned.
   */
  invalidate<K>(definition: CacheDefinition<K, unknown>, key: K): Promise<void> {
    return this.#name(() => ({
      recordKeys: [new KeyResolver<K>(definition, this.keys).resolveOrThrow(key).record.key],
      tags: [],
    }));
  }

  /** The write invalidates every entry that has one of `tags`, in whichever cache. @throws as {@link invalidate}. */
  invalidateTags(tags: readonly string[]): Promise<void> {
    noteInvalidated(tags);
    return this.#name(() => ({ recordKeys: [], tags: tags.map((tag) => this.keys.tag(tag)) }));
  }

  /** The write invalidates every entry of a cache. @throws as {@link invalidate}. */
  clear(definition: CacheDefinition<unknown, unknown>): Promise<void> {
    return this.#name(() => ({ recordKeys: [], tags: [this.keys.cacheTag(definition.name)] }));
  }

  /** Takes over what is invalidated within the body, and answers whether the store acknowledged that it is announced. */
  takeOver(batch: InvalidationBatch): Promise<boolean> {
    return this.write.announce(batch);
  }

  #name(unitOf: () => InvalidationBatch): Promise<void> {
    let announcing: Promise<void>;
    try {
      if (this.#ended) {
        throw new CacheError(
          'CACHE_WRITE_ENDED',
          'The write has ended: name what it touches before its body returns, and before the database commits.',
        );
      }
      announcing = this.write.announce(unitOf()).then(() => {});
    } catch (error) {
      return Promise.reject(error);
    }
    // Who does not wait does not ask: what could not be announced ends with the write all the same.
    announcing.catch(() => {});
    return announcing;
  }
}
