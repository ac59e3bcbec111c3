import { EventEmitter } from 'node:events';
import { Keyv, type KeyvStoreAdapter } from 'keyv';
import type { CacheRegistry } from '../core/cache-registry.js';
import type { Cache } from '../core/cache.js';
import { defineCache } from '../core/cache-definition.js';
import type { KeySchema } from '../core/key.js';

/** Injects the stores to give to `@nestjs/cache-manager`, so that `CACHE_MANAGER` stands on the same tiers as every other cache. */
export const KEYV_STORES = Symbol('KEYV_STORES');

const anyText: KeySchema<string> = {
  '~standard': {
    validate: (value) => (typeof value === 'string' ? { value } : { issues: [{ message: 'write a string' }] }),
  },
};

/** What cache-manager calls "no TTL" ends after this time: nothing in Redis lives for ever. */
const LONGEST_TTL = '365d';

const managed = defineCache<string, string>({
  name: 'cache-manager',
  version: 1,
  key: anyText,
  ttl: LONGEST_TTL,
});

/** A Keyv over our tiers, ready for cache-manager's `stores`. */
export function keyvOver(registry: CacheRegistry): Keyv {
  return new Keyv({ store: new KeyvStore(registry.create(managed)), useKeyPrefix: false });
}

/**
 * The store under `CACHE_MANAGER`: a storage adapter of Keyv 5 over one of our caches, so that an operation settles within the
 * deadline also when Redis froze. While Redis is away `get` degrades to a miss, and what `set`, `delete` and `clear` change is applied
 * before this process trusts Redis again.
 */
class KeyvStore extends EventEmitter implements KeyvStoreAdapter {
  readonly opts = {};

  constructor(private readonly cache: Cache<string, string>) {
    super();
  }

  async get<Value>(key: string): Promise<Value | undefined> {
    // Keyv hands its own serialised text to `set` and takes it back here: to it, the text is the stored value.
    return this.cache.get(key).catch(() => undefined) as Promise<Value | undefined>;
  }

  async set(key: string, text: string, ttlMs?: number): Promise<void> {
    await this.cache.set(key, text, ttlMs === undefined ? {} : { ttlMs });
  }

  async delete(key: string): Promise<boolean> {
    const found = await this.cache.get(key).catch(() => undefined);
    await this.cache.delete(key);
    return found !== undefined;
  }

  async clear(): Promise<void> {
    await this.cache.clear();
  }

  /** The connection belongs to the application: the requests that are still answered after this call need it. */
  async disconnect(): Promise<void> {}
}
