import { Keyv, type KeyvOptions } from 'keyv';
import type { CacheRegistry } from '../core/cache-registry.js';
import { KeyvStore, type KeyvStoreOptions } from './keyv-store.js';
import { ManagedCaches } from './managed-cache.js';

/**
 * Makes Keyv objects over the tiers of this application: for a second `CACHE_MANAGER` with a namespace of its own, and for whatever
 * else takes a Keyv.
 *
 * The trap: a namespace is a cache for the life of the process. Take it from a closed set, not from a request.
 *
 * @example
 * CacheModule.registerAsync({ inject: [KeyvFactory], useFactory: (keyvs: KeyvFactory) => ({ stores: [keyvs.create({ namespace: 'carts' })] }) })
 */
export class KeyvFactory {
  readonly #caches: ManagedCaches;

  constructor(registry: CacheRegistry) {
    this.#caches = new ManagedCaches(registry);
  }

  /** A Keyv. Those of one namespace share their entries, and no others do. */
  create({
    namespace = '',
    throwOnErrors = false,
    ...options
  }: Omit<KeyvOptions, 'store' | 'useKeyPrefix'> = {}): Keyv {
    const store = this.store({ throwOnErrors, bareKeys: true });
    return new Keyv({ ...options, throwOnErrors, namespace, store, useKeyPrefix: false });
  }

  /** A storage adapter for a Keyv that somebody else makes. Give each its own. */
  store(options?: KeyvStoreOptions): KeyvStore {
    return new KeyvStore(this.#caches, options);
  }
}
