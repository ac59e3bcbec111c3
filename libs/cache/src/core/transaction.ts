import type { CacheDefinition } from './cache-definition.js';
import { Addresses } from './address.js';
import { CacheError } from './cache-error.js';
import { noteInvalidated } from './invalidated-tags.js';
import type { Names } from './names.js';
import type { InvalidationUnit } from './pending-invalidations.js';
import type { WriteUnderWay } from './write-under-way.js';

/**
 * What one write invalidates, told as it becomes known. Name each entry and tag before the database commits, and wait for it:
 * from then on until the write ends no reader stores what is about to change.
 *
 * The trap: what is named after the commit is invalidated too, but a reader that loaded just before may have stored the old value
 * in between.
 *
 * @example
 * await caches.write(async (tx) => {
 *   await tx.touches(userById, id);
 *   return database.transaction(async (trx) => {
 *     const before = await users.lock(trx, id);
 *     await tx.touches(userByEmail, before.email);
 *     return users.rename(trx, id, email);
 *   });
 * });
 */
export class CacheTransaction {
  readonly #named: Set<string>;
  readonly #announcing = new Set<Promise<void>>();
  #ended = false;

  private constructor(
    private readonly write: WriteUnderWay,
    private readonly names: Names,
    { slots, tags }: InvalidationUnit,
  ) {
    this.#named = new Set([...slots, ...tags]);
  }

  /** Runs the body of a write that has announced `known` already. */
  static async run<R>(
    write: WriteUnderWay,
    names: Names,
    known: InvalidationUnit,
    body: (tx: CacheTransaction) => Promise<R>,
  ): Promise<R> {
    const tx = new CacheTransaction(write, names, known);
    try {
      return await body(tx);
    } finally {
      await tx.#end();
    }
  }

  /**
   * The write changes what stands under `key`: also what a create, a rename or a delete makes absent or known. The module that
   * registers the cache need not run in this process.
   *
   * @throws {CacheError} `CACHE_KEY_INVALID`; `CACHE_UNAVAILABLE` when the write is strict and the store did not acknowledge it;
   * `CACHE_WRITE_ENDED` when the body has returned.
   */
  async touches<K>(definition: CacheDefinition<K, unknown>, key: K): Promise<void> {
    const { slot } = new Addresses<K>(definition, this.names).of(key);
    await this.#announce({ slots: [slot.name], tags: [] });
  }

  /** The write invalidates every entry that has one of `tags`, in whichever cache. @throws as {@link touches}. */
  async invalidate(...tags: readonly string[]): Promise<void> {
    noteInvalidated(tags);
    await this.#announce({ slots: [], tags: tags.map((tag) => this.names.tag(tag)) });
  }

  /** The write invalidates every entry of a cache. @throws as {@link touches}. */
  async clear(definition: CacheDefinition<unknown, unknown>): Promise<void> {
    await this.#announce({ slots: [], tags: [this.names.cacheTag(definition.name)] });
  }

  #announce({ slots, tags }: InvalidationUnit): Promise<void> {
    if (this.#ended) {
      throw new CacheError(
        'CACHE_WRITE_ENDED',
        'The write has ended: name what it touches before its body returns, and before the database commits.',
      );
    }
    // Two intents of one write on one slot would look like two writes that overlap.
    const announcing = this.write.announce({ slots: this.#unnamed(slots), tags: this.#unnamed(tags) });
    this.#announcing.add(announcing);
    return announcing;
  }

  #unnamed(names: readonly string[]): readonly string[] {
    const unnamed = [...new Set(names)].filter((name) => !this.#named.has(name));
    unnamed.forEach((name) => this.#named.add(name));
    return unnamed;
  }

  /** An intent that nobody waited for belongs to the write all the same, and ends with it. */
  async #end(): Promise<void> {
    this.#ended = true;
    await Promise.allSettled(this.#announcing);
  }
}
