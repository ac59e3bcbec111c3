import { EventEmitter } from 'node:events';
import type { KeyvStoreAdapter } from 'keyv';
import { CacheError } from '../core/errors.js';
import { LoadContext } from '../core/context/load-context.js';
import type { Applied } from '../core/write/active-write.js';
import { inPages } from './in-pages.js';
import type { ManagedCache, ManagedCaches, ManagedEntry } from './managed-cache.js';

export interface KeyvStoreOptions {
  /**
   * Whether an operation rejects while Redis is unavailable, as in `KeyvRedis`. Otherwise it is a miss or returns `false`, and Keyv
   * emits `error`.
   * @default false
   */
  readonly throwOnErrors?: boolean;

  /** Whether keys have no namespace in front, because the Keyv has `useKeyPrefix: false`. @default false */
  readonly bareKeys?: boolean;
}

interface ManagedKey extends ManagedCache {
  readonly key: string;
}

/**
 * Adapts our tiers to Keyv 5: each operation settles within the deadline, even when Redis is frozen. While Redis is unavailable, `get`
 * is a miss, and the entries that `set`, `delete` and `clear` replace are removed before this process trusts Redis again.
 *
 * The trap: create one store per Keyv. Several Keyvs on one store keep their entries apart by prefix, but a call of `clear` does not
 * carry its namespace, so it clears all of them.
 */
export class KeyvStore extends EventEmitter implements KeyvStoreAdapter {
  /** Makes Keyv offer an iterator: it does so only for stores with a dialect that it supports. */
  readonly opts = { dialect: 'redis', url: '' };
  readonly #namespaces = new Set<string | undefined>();
  #namespace: string | undefined;

  constructor(
    private readonly caches: ManagedCaches,
    private readonly options: KeyvStoreOptions = {},
  ) {
    super();
    // Each Keyv adds a listener, and their number is unlimited.
    this.setMaxListeners(0);
  }

  get namespace(): string | undefined {
    return this.#namespace;
  }

  set namespace(namespace: string | undefined) {
    this.#namespace = namespace;
    this.#namespaces.add(namespace);
  }

  async get<Value>(key: string): Promise<Value | undefined> {
    const entry = await this.#orFallback(() => this.#entry(key), undefined);
    // Only the caller of the Keyv has the type of the value.
    return entry?.data as Value | undefined;
  }

  async getMany<Value>(keys: readonly string[]): Promise<(Value | undefined)[]> {
    const entries = await this.#orFallback(() => this.#entries(keys), []);
    return keys.map((_, place) => entries[place]?.data as Value | undefined);
  }

  async has(key: string): Promise<boolean> {
    return this.#orFallback(async () => (await this.#entry(key)) !== undefined, false);
  }

  async hasMany(keys: readonly string[]): Promise<boolean[]> {
    const entries = await this.#orFallback(() => this.#entries(keys), []);
    return keys.map((_, place) => entries[place] !== undefined);
  }

  async set(key: string, data: unknown, ttlMs?: number): Promise<boolean> {
    return this.#orFallback(() => this.#set(key, data, ttlMs), false);
  }

  async setMany(entries: readonly { key: string; value: unknown; ttl?: number }[]): Promise<void> {
    const answers: unknown = await inPages(entries, ({ key, value, ttl }) => this.set(key, value, ttl));
    // Keyv 5 returns this result as a boolean per entry, although its type is void.
    return answers as void;
  }

  /** Removes an entry. Returns whether there was one. */
  async delete(key: string): Promise<boolean> {
    return this.#orFallback(() => this.#delete(key), false);
  }

  /** Removes entries. Returns whether there was one under each key. */
  async deleteMany(keys: readonly string[]): Promise<boolean> {
    return (await inPages(keys, (key) => this.delete(key))).every(Boolean);
  }

  async clear(): Promise<void> {
    const namespaces = this.listenerCount('error') > 1 ? [...this.#namespaces] : [this.#namespace];
    await this.#orFallback(async () => {
      const clearing = namespaces.map((namespace) => {
        const { cache, sets } = this.caches.of(namespace);
        sets.dropAll();
        return LoadContext.runDetached(() => cache.clear());
      });
      for (const applied of await Promise.all(clearing)) unlessPending(applied);
    }, undefined);
  }

  /** Lists the fresh entries. @throws {CacheError} `CACHE_UNAVAILABLE`, or the connection's error, since a short list would look complete. */
  async *iterator<Value>(namespace = this.#namespace): AsyncGenerator<[string, Value | undefined], void> {
    const prefix = namespace && !this.options.bareKeys ? `${namespace}:` : '';
    for await (const { key, data } of this.caches.of(namespace).cache.values()) {
      yield [`${prefix}${key}`, data as Value | undefined];
    }
  }

  /** Does nothing: the application owns the connection, and requests in flight still need it. */
  async disconnect(): Promise<void> {}

  async #set(key: string, data: unknown, ttlMs: number | undefined): Promise<boolean> {
    const { cache, sets, key: own } = this.#resolve(key);
    const options = ttlMs && Number.isFinite(ttlMs) ? { ttlMs } : {};
    const set = async (): Promise<boolean> => {
      unlessPending(await cache.set(own, { key: own, data }, options));
      return true;
    };
    // Detached, because a set within the body of another write would be rejected as a nested write.
    return sets.run(own, () => LoadContext.runDetached(set));
  }

  async #delete(key: string): Promise<boolean> {
    const { cache, sets, key: own } = this.#resolve(key);
    sets.drop(own);
    // Redis answers pipelined commands in their order, so both take one round trip.
    const standing = cache.get(own);
    const [found, removed] = await Promise.allSettled([standing, LoadContext.runDetached(() => cache.delete(own))]);
    if (removed.status === 'rejected') throw removed.reason;
    unlessPending(removed.value);
    return found.status === 'fulfilled' && found.value !== undefined;
  }

  async #entry(key: string): Promise<ManagedEntry | undefined> {
    const { cache, sets, key: own } = this.#resolve(key);
    const setting = sets.settled(own);
    if (setting) await setting;
    return cache.get(own);
  }

  async #entries(keys: readonly string[]): Promise<readonly (ManagedEntry | undefined)[]> {
    const resolved = keys.map((key) => this.#resolve(key));
    await Promise.all(resolved.flatMap(({ sets, key }) => sets.settled(key) ?? []));
    const caches = new Set(resolved.map(({ cache }) => cache));
    const found = new Map<ManagedKey, ManagedEntry | undefined>();
    for (const cache of caches) {
      const here = resolved.filter((each) => each.cache === cache);
      const entries = await cache.getMany(here.map(({ key }) => key));
      here.forEach((each, place) => found.set(each, entries[place]));
    }
    return resolved.map((each) => found.get(each));
  }

  /** Returns the cache of a key, and the key without its namespace: Keyv puts the namespace in front, and each cache has only one. */
  #resolve(key: string): ManagedKey {
    if (this.options.bareKeys) return { ...this.caches.of(this.#namespace), key };
    const [namespace = this.#namespace] = [...this.#namespaces]
      .filter((known) => known && key.startsWith(`${known}:`))
      .toSorted((one, other) => (other?.length ?? 0) - (one?.length ?? 0));
    const prefixed = namespace && key.startsWith(`${namespace}:`);
    return { ...this.caches.of(namespace), key: prefixed ? key.slice(namespace.length + 1) : key };
  }

  async #orFallback<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (this.options.throwOnErrors) throw error;
      if (this.listenerCount('error') > 0) this.emit('error', error);
      return otherwise;
    }
  }
}

function unlessPending(applied: Applied): void {
  if (applied === 'pending')
    throw new CacheError(
      'CACHE_UNAVAILABLE',
      'Redis is unavailable, so the change was not acknowledged. The replaced entry is removed once Redis is back.',
    );
}
