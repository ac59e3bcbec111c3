import { createHash } from 'node:crypto';
import type { Cache } from '../core/cache.js';
import { defineCache } from '../core/policy/define-cache.js';
import type { CacheRegistry } from '../core/cache-registry.js';
import type { KeySchema } from '../core/policy/key-schema.js';
import { SetQueue } from './set-queue.js';

/** What is stored for a Keyv: what it handed over, and under which key, as a long key cannot be read from the name of its slot. */
export interface ManagedEntry {
  readonly key: string;
  readonly data: unknown;
}

/** The entries of one namespace. */
export interface ManagedCache {
  readonly cache: Cache<string, ManagedEntry>;
  readonly sets: SetQueue;
}

const anyText: KeySchema<string> = {
  '~standard': {
    validate: (value) => (typeof value === 'string' ? { value } : { issues: [{ message: 'write a string' }] }),
  },
};

/** What a Keyv calls "no TTL" ends after this time: nothing in Redis lives for ever. */
const LONGEST_TTL = '365d';
/** Such a namespace may stand in the name of a cache as it is. */
const PLAIN_NAMESPACE = /^[A-Za-z0-9.-]{1,48}$/;

/** The caches behind the Keyv objects of an application, one a namespace: so each is cleared and listed on its own. */
export class ManagedCaches {
  readonly #made = new Map<string, ManagedCache>();

  constructor(private readonly registry: CacheRegistry) {}

  of(namespace = ''): ManagedCache {
    const made = this.#made.get(namespace);
    if (made) return made;
    const definition = defineCache<string, ManagedEntry>({
      name: nameOf(namespace),
      version: 2,
      key: anyText,
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
