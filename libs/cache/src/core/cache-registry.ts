import { Cache } from './cache.js';
import type { CacheDefinition } from './cache-definition.js';
import { CacheError } from './cache-error.js';
import type { CacheCounters } from './counters.js';
import type { Tiers } from './tiers.js';

/** Every cache of the application, one a definition. */
export class CacheRegistry {
  readonly #caches = new Map<string, Cache<unknown, unknown>>();

  constructor(private readonly tiers: Tiers) {}

  /** Whether entries live in this process only, because there is no Redis. */
  get inProcess(): boolean {
    return this.tiers.store.tier === 'l1';
  }

  /** Makes the cache of a definition. @throws {CacheError} `CACHE_NAME_TAKEN` when another has its name. */
  create<K, V>(definition: CacheDefinition<K, V>): Cache<K, V> {
    if (this.#caches.has(definition.name)) {
      throw new CacheError(
        'CACHE_NAME_TAKEN',
        `Two caches are named "${definition.name}". Register each definition once, and give each its own name.`,
      );
    }
    const cache = new Cache(definition, this.tiers);
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
