import { EventEmitter } from 'node:events';
import type { KeyvStoreAdapter } from 'keyv';
import { CacheError } from '../core/errors.js';
import { LoadContext } from '../core/context/load-context.js';
import type { Applied } from '../core/write/active-write.js';
import { inPages } from './in-pages.js';
import type { ManagedCache, ManagedCaches, ManagedEntry } from './managed-cache.js';

export interface KeyvStoreOptions {
  /**
   * Whether an operation rejects while Redis is away, as in `KeyvRedis`. Otherwise it is a miss or answers `false`, and Keyv emits
   * `error`.
   * @default false
   */
  readonly throwOnErrors?: boolean;

  /** Whether keys arrive as they are, from a Keyv with `useKeyPrefix: false`. @default false */
  readonly bareKeys?: boolean;
}

interface Home extends ManagedCache {
  readonly key: string;
}

/**
 * A storage adapter of Keyv 5 over our tiers, so that an operation settles within the deadline also when Redis froze. While Redis is
 * away `get` is a miss, and what `set`, `delete` and `clear` were to replace is removed before this process trusts Redis again.
 *
 * Give each Keyv a store of its own. Several on one tell their entries apart by their prefixes, but Keyv does not say who calls
 * `clear`: it then clears them all.
 */
export class KeyvStore extends EventEmitter implements KeyvStoreAdapter {
  /** Keyv offers an iterator for the stores that it knows, and knows them by this word. */
  readonly opts = { dialect: 'redis', url: '' };
  readonly #namespaces = new Set<string | undefined>();
  #namespace: string | undefined;

  constructor(
    private readonly caches: ManagedCaches,
    private readonly options: KeyvStoreOptions = {},
  ) {
    super();
    // One listener for each Keyv, however many there are.
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
    const entry = await this.#unlessAway(() => this.#entry(key), undefined);
    // What it is, only the Keyv knows that handed it over.
    return entry?.data as Value | undefined;
  }

  async getMany<Value>(keys: readonly string[]): Promise<(Value | undefined)[]> {
    const entries = await this.#unlessAway(() => this.#entries(keys), []);
    return keys.map((_, place) => entries[place]?.data as Value | undefined);
  }

  async has(key: string): Promise<boolean> {
    return this.#unlessAway(async () => (await this.#entry(key)) !== undefined, false);
  }

  async hasMany(keys: readonly string[]): Promise<boolean[]> {
    const entries = await this.#unlessAway(() => this.#entries(keys), []);
    return keys.map((_, place) => entries[place] !== undefined);
  }

  async set(key: string, data: unknown, ttlMs?: number): Promise<boolean> {
    return this.#unlessAway(() => this.#set(key, data, ttlMs), false);
  }

  async setMany(entries: readonly { key: string; value: unknown; ttl?: number }[]): Promise<void> {
    const answers: unknown = await inPages(entries, ({ key, value, ttl }) => this.set(key, value, ttl));
    // Keyv 5 hands on what is answered here as a boolean for each entry, although its type says that nothing is.
    return answers as void;
  }

  /** Answers whether there was an entry. */
  async delete(key: string): Promise<boolean> {
    return this.#unlessAway(() => this.#delete(key), false);
  }

  /** Answers whether there was an entry under each key. */
  async deleteMany(keys: readonly string[]): Promise<boolean> {
    return (await inPages(keys, (key) => this.delete(key))).every(Boolean);
  }

  async clear(): Promise<void> {
    const namespaces = this.listenerCount('error') > 1 ? [...this.#namespaces] : [this.#namespace];
    await this.#unlessAway(async () => {
      const clearing = namespaces.map((namespace) => {
        const { cache, sets } = this.caches.of(namespace);
        sets.dropAll();
        return LoadContext.runDetached(() => cache.clear());
      });
      for (const applied of await Promise.all(clearing)) unlessPending(applied);
    }, undefined);
  }

  /** What is stored and fresh. @throws {CacheError} `CACHE_UNAVAILABLE`, or the connection's error: a list must not just end. */
  async *iterator<Value>(namespace = this.#namespace): AsyncGenerator<[string, Value | undefined], void> {
    const prefix = namespace && !this.options.bareKeys ? `${namespace}:` : '';
    for await (const { key, data } of this.caches.of(namespace).cache.values()) {
      yield [`${prefix}${key}`, data as Value | undefined];
    }
  }

  /** The connection belongs to the application: the requests that are still answered after this call need it. */
  async disconnect(): Promise<void> {}

  async #set(key: string, data: unknown, ttlMs: number | undefined): Promise<boolean> {
    const { cache, sets, key: own } = this.#home(key);
    const options = ttlMs && Number.isFinite(ttlMs) ? { ttlMs } : {};
    const set = async (): Promise<boolean> => {
      unlessPending(await cache.set(own, { key: own, data }, options));
      return true;
    };
    // Whoever sets this within the write of something else would otherwise be refused. What is removed there goes at once, too.
    return sets.run(own, () => LoadContext.runDetached(set));
  }

  async #delete(key: string): Promise<boolean> {
    const { cache, sets, key: own } = this.#home(key);
    sets.drop(own);
    // Asked in this order, Redis answers in this order: one round trip.
    const standing = cache.get(own);
    const [found, removed] = await Promise.allSettled([standing, LoadContext.runDetached(() => cache.delete(own))]);
    if (removed.status === 'rejected') throw removed.reason;
    unlessPending(removed.value);
    return found.status === 'fulfilled' && found.value !== undefined;
  }

  async #entry(key: string): Promise<ManagedEntry | undefined> {
    const { cache, sets, key: own } = this.#home(key);
    const setting = sets.settled(own);
    if (setting) await setting;
    return cache.get(own);
  }

  async #entries(keys: readonly string[]): Promise<readonly (ManagedEntry | undefined)[]> {
    const homes = keys.map((key) => this.#home(key));
    await Promise.all(homes.flatMap(({ sets, key }) => sets.settled(key) ?? []));
    const caches = new Set(homes.map(({ cache }) => cache));
    const found = new Map<Home, ManagedEntry | undefined>();
    for (const cache of caches) {
      const here = homes.filter((home) => home.cache === cache);
      const entries = await cache.getMany(here.map(({ key }) => key));
      here.forEach((home, place) => found.set(home, entries[place]));
    }
    return homes.map((home) => found.get(home));
  }

  /** Where a key belongs. Keyv puts the namespace before it, and each cache holds one namespace: its name need not repeat it. */
  #home(key: string): Home {
    if (this.options.bareKeys) return { ...this.caches.of(this.#namespace), key };
    const [namespace = this.#namespace] = [...this.#namespaces]
      .filter((known) => known && key.startsWith(`${known}:`))
      .toSorted((one, other) => (other?.length ?? 0) - (one?.length ?? 0));
    const prefixed = namespace && key.startsWith(`${namespace}:`);
    return { ...this.caches.of(namespace), key: prefixed ? key.slice(namespace.length + 1) : key };
  }

  async #unlessAway<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
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
    throw new CacheError('CACHE_UNAVAILABLE', 'Redis is away: what this replaces is removed as soon as it is back.');
}
