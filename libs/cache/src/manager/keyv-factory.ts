import { Keyv, type KeyvOptions } from 'keyv';
import type { CacheRegistry } from '../core/cache-registry.js';
import { KeyvStore, type KeyvStoreOptions } from './keyv-store.js';
import { ManagedCaches } from './managed-cache.js';

/**
 * Creates Keyv objects over the tiers of this application: for a second `CACHE_MANAGER` with a namespace of its own, and for any
 * other library that takes a Keyv.
 *
 * The trap: each namespace is a cache for the life of the process. Take namespaces from a closed set, not from a request.
 *
 * @example
 * CacheModule.registerAsync({ inject: [KeyvFactory], useFactory: (keyvs: KeyvFactory) => ({ stores: [keyvs.create({ namespace: 'carts' })] }) })
 */
export class KeyvFactory {
  readonly #caches: ManagedCaches;

  constructor(registry: CacheRegistry) {
    this.#caches = new ManagedCaches(registry);
  }

  /** Creates a Keyv. Only Keyv objects of the same namespace share their entries. */
  create({
    namespace = '',
    throwOnErrors = false,
    ...options
  }: Omit<KeyvOptions, 'store' | 'useKeyPrefix'> = {}): Keyv {
    const store = this.store({ throwOnErrors, bareKeys: true });
    return new Keyv({ ...options, throwOnErrors, namespace, store, useKeyPrefix: false });
  }

  /** Creates a storage adapter for `new Keyv(…)`. Create one adapter per Keyv. */
  store(options?: KeyvStoreOptions): KeyvStore {
    return new KeyvStore(this.#caches, options);
  }
}
