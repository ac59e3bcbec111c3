import { createHash } from 'node:crypto';
import type { Cache } from '../core/cache.js';
import { defineCache } from '../core/policy/define-cache.js';
import type { CacheRegistry } from '../core/cache-registry.js';
import { SetQueue } from './set-queue.js';

/** The value that is stored for a Keyv: its data, and its key, because the name of a record has only the hash of a long key. */
export interface ManagedEntry {
  readonly key: string;
  readonly data: unknown;
}

/** The cache of one namespace, and its sets in flight. */
export interface ManagedCache {
  readonly cache: Cache<string, ManagedEntry>;
  readonly sets: SetQueue;
}

/** The TTL of entries that a Keyv stores without one, since every entry in Redis expires. */
const LONGEST_TTL = '365d';
/** Namespaces that the name of a cache contains unchanged. Others are hashed. */
const PLAIN_NAMESPACE = /^[A-Za-z0-9.-]{1,48}$/;

/** Creates one cache per namespace for the Keyv objects of an application, so that each is cleared and listed separately. */
export class ManagedCaches {
  readonly #made = new Map<string, ManagedCache>();

  constructor(private readonly registry: CacheRegistry) {}

  of(namespace = ''): ManagedCache {
    const made = this.#made.get(namespace);
    if (made) return made;
    const definition = defineCache<ManagedEntry>(nameOf(namespace), {
      version: 2,
      ttl: LONGEST_TTL,
    });
    const cache = { cache: this.registry.create(definition), sets: new SetQueue() };
    this.#made.set(namespace, cache);
    return cache;
  }
}

function nameOf(namespace: string): string {
  if (namespace === '') return 'cache-manager';
  if (PLAIN_NAMESPACE.test(namespace)) return `cache-manager.${namespace}`;
  return `cache-manager-${createHash('sha256').update(namespace).digest('hex').slice(0, 32)}`;
}
