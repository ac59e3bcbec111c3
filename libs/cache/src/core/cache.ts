import type { CacheDefinition } from './cache-definition.js';
import { CacheError } from './cache-error.js';
import { Counters, type CacheCounters } from './counters.js';
import { parseKey } from './key.js';
import { Names } from './names.js';
import type { Slot } from './ports.js';
import type { ReadOutcome } from './read-outcome.js';
import { ReadPath } from './read-path.js';
import type { Tiers } from './tiers.js';
import { WritePath } from './write-path.js';

/** What a write invalidates besides its own key. */
export interface WriteOptions {
  readonly tags?: readonly string[];
}

/**
 * A cache of one policy: read through it, write around it.
 *
 * What is promised in this release: no value is served longer than its TTL. After a write through this API the writing process
 * reads the new value; another process does so within a second, because that long it may serve an item from its own memory.
 * Entries with tags are never kept in a process that shares its store, so they are gone everywhere at once.
 *
 * What is not: a load that began before a concurrent write can be stored after it, and lives for its TTL then.
 *
 * At the same time: readers of one key share one load a process. A loader runs at most once a call.
 *
 * Without the store: reads run their loader and store nothing; a write is carried out, and what it could not invalidate is
 * served until its TTL ends once the store is back. No reader or writer fails because of the store. What a loader throws
 * passes through unchanged and is not stored.
 */
export class Cache<K, V> {
  readonly #counters = new Counters();
  readonly #names: Names;
  readonly #reads: ReadPath<K, V>;
  readonly #writes: WritePath;

  constructor(
    readonly definition: CacheDefinition<K, V>,
    private readonly tiers: Tiers,
  ) {
    this.#names = new Names(tiers.namespace);
    this.#reads = new ReadPath(definition, tiers, this.#counters);
    this.#writes = new WritePath(tiers, (slot) => this.#reads.forget(slot));
  }

  /**
   * The value under `key`, from the nearest tier that has it, else from `load`.
   *
   * A key that the policy's schema refuses is loaded and not stored.
   */
  async readThrough(key: K, load: () => Promise<V>): Promise<V> {
    const outcome = await this.read(key, load);
    return outcome ? outcome.answer.value : load();
  }

  /** As {@link readThrough}, with how the value was found. Answers `undefined`, without loading, when `rawKey` is no key. */
  async read(rawKey: unknown, load: () => Promise<V>): Promise<ReadOutcome<V> | undefined> {
    const parsed = parseKey(this.definition.key, rawKey);
    if (!parsed) return undefined;
    return this.#reads.read(this.#slot(parsed.key), this.#tags(parsed.key), load);
  }

  /** Runs `write`; when it has succeeded, removes the entry of `key` and invalidates `tags`. */
  async writeAround<R>(key: K, write: () => Promise<R>, { tags = [] }: WriteOptions = {}): Promise<R> {
    const slot = this.#slot(this.#known(key));
    const result = await write();
    await this.#writes.afterWrite([slot], this.#tagNames(tags));
    return result;
  }

  /** The stored value, or `undefined`. @throws when the store is away. */
  get(key: K): Promise<V | undefined> {
    const known = this.#known(key);
    return this.#reads.peek(this.#slot(known), this.#tags(known));
  }

  /** Stores `value` for the policy's TTL, or for `ttlMs` milliseconds when that is shorter. @throws when the store is away. */
  set(key: K, value: V, { ttlMs = this.definition.ttlMs }: { readonly ttlMs?: number } = {}): Promise<void> {
    const known = this.#known(key);
    return this.#reads.put(this.#slot(known), this.#tags(known), {
      value,
      ttlMs: Math.min(ttlMs, this.definition.ttlMs),
    });
  }

  /** Removes the entry of `key`. @throws when the store is away: the entry may still be there. */
  async delete(key: K): Promise<void> {
    await this.#writes.invalidate([this.#slot(this.#known(key))], []);
  }

  /** Invalidates every entry that has one of `tags`, in whichever cache. @throws when the store is away. */
  async invalidateTags(tags: readonly string[]): Promise<void> {
    await this.#writes.invalidate([], this.#tagNames(tags));
  }

  /** What this cache did in this process since it started. */
  counters(): CacheCounters {
    return this.#counters.snapshot(this.tiers.usage(this.definition.name));
  }

  #known(key: K): K {
    const parsed = parseKey(this.definition.key, key);
    if (!parsed) throw new CacheError('CACHE_KEY_INVALID', `This is not a key of the cache "${this.definition.name}".`);
    return parsed.key;
  }

  #slot(key: K): Slot {
    return this.#names.slot(this.definition.name, key);
  }

  #tags(key: K): readonly string[] {
    return this.#tagNames(this.definition.tags?.(key) ?? []);
  }

  #tagNames(tags: readonly string[]): readonly string[] {
    return tags.map((tag) => this.#names.tag(tag));
  }
}
