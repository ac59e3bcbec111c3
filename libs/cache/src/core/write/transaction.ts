import type { CacheDefinition } from '../policy/define-cache.js';
import { KeyResolver } from '../store/key-resolver.js';
import { CacheError } from '../errors.js';
import { LoadContext, type RunningWrite } from '../context/load-context.js';
import type { RedisKeys } from '../store/redis-keys.js';
import type { InvalidationBatch } from '../coherence/pending-invalidations.js';
import { type WriteEnd, writeEnds } from '../observe/write-ends.js';
import type { ActiveWrite } from './active-write.js';

/** Writes to the origin. The transaction takes what the call of the cache does not name already. */
export type WriteBody<R> = (tx: CacheTransaction) => Promise<R>;

/**
 * Collects the invalidations of one write. Name each entry and tag before the database commits, and await the call: from then
 * until the write ends, no reader stores a value that is about to change.
 *
 * The trap: an entry named after the commit is invalidated too, but a reader that loaded just before may have stored the old
 * value in between.
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
export class CacheTransaction implements RunningWrite {
  #ended = false;

  private constructor(
    private readonly write: ActiveWrite,
    readonly keys: RedisKeys,
  ) {}

  /** Runs the body of a write. @internal */
  static run<R>(write: ActiveWrite, keys: RedisKeys, body: WriteBody<R>): Promise<R> {
    const tx = new CacheTransaction(write, keys);
    const running = LoadContext.run({ kind: 'write', write: tx }, () => body(tx));
    return writeEnds.hasSubscribers ? tx.#published(running) : running;
  }

  async #published<R>(running: Promise<R>): Promise<R> {
    let returned = false;
    try {
      const result = await running;
      returned = true;
      return result;
    } finally {
      writeEnds.publish({ write: this, ...this.write.batch, returned } satisfies WriteEnd);
    }
  }

  /** Returns the token of the write. Its database transaction adds it to the rows of the outbox. */
  takeToken(): string {
    return this.write.takeToken();
  }

  /** Called when the body has returned. */
  end(): void {
    this.#ended = true;
  }

  /**
   * Invalidates the entry of `key`. Name also entries that a create, a rename or a delete makes present or absent. The module
   * that registers the cache need not run in this process.
   *
   * @throws {CacheError} `CACHE_KEY_INVALID`; `CACHE_UNAVAILABLE` when the write is strict and the store did not acknowledge it;
   * `CACHE_WRITE_ENDED` when the body has returned.
   */
  invalidate<K>(definition: CacheDefinition<K, unknown>, key: K): Promise<void> {
    return this.#announce(() => ({
      recordKeys: [new KeyResolver<K>(definition, this.keys).resolveOrThrow(key).record.key],
      tags: [],
    }));
  }

  /** Invalidates every entry that has one of `tags`, in any cache. @throws as {@link invalidate}. */
  invalidateTags(tags: readonly string[]): Promise<void> {
    LoadContext.session?.names(tags);
    return this.#announce(() => ({ recordKeys: [], tags: tags.map((tag) => this.keys.tag(tag)) }));
  }

  /** Invalidates every entry of a cache. @throws as {@link invalidate}. */
  clear(definition: CacheDefinition<unknown, unknown>): Promise<void> {
    return this.#announce(() => ({ recordKeys: [], tags: [this.keys.cacheTag(definition.name)] }));
  }

  /** Adds an invalidation made inside the body. Returns whether the store acknowledged its announcement. */
  takeOver(batch: InvalidationBatch): Promise<boolean> {
    return this.write.announce(batch);
  }

  #announce(batchOf: () => InvalidationBatch): Promise<void> {
    let announcing: Promise<void>;
    try {
      if (this.#ended) {
        throw new CacheError(
          'CACHE_WRITE_ENDED',
          'The write has ended. Use its transaction before the body returns and before the database commits.',
        );
      }
      announcing = this.write.announce(batchOf()).then(() => {});
    } catch (error) {
      return Promise.reject(error);
    }
    // Without an await, the error is ignored. The entry is still invalidated when the write ends.
    announcing.catch(() => {});
    return announcing;
  }
}
