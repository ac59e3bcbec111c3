import { keyText } from '../policy/key-schema.js';

/** Locates the record of one entry: its complete key in the store, and the cache it belongs to. */
export interface RecordRef {
  readonly cache: string;
  readonly key: string;
}

/** What a key in the store names: an entry, a tag, all entries of a cache, or all entries of the namespace. */
export type RecordKind = 'key' | 'tag' | 'cache' | 'namespace';

/**
 * Builds every key in the store. A record key contains the namespace, the cache and the key, never a version: old and new code
 * in a rolling deploy must invalidate the same record.
 */
export class RedisKeys {
  constructor(readonly namespace: string) {}

  record(cache: string, key: unknown): RecordRef {
    return { cache, key: `${this.recordPrefix(cache)}${keyText(key)}` };
  }

  /** Returns the prefix of all record keys of a cache, and of no other key. */
  recordPrefix(cache: string): string {
    return `${this.namespace}:c:${cache}:`;
  }

  tag(tag: string): string {
    return `${this.namespace}:t:${keyText(tag)}`;
  }

  /** Returns what a key of this namespace names. A foreign key counts as the key of an entry. */
  kindOf(recordKey: string): RecordKind {
    if (recordKey.startsWith(`${this.namespace}:t:`)) return 'tag';
    if (recordKey.startsWith(`${this.namespace}:all:`)) return 'cache';
    return recordKey === this.namespaceTag ? 'namespace' : 'key';
  }

  /** Returns the tag that every entry of a cache has. */
  cacheTag(cache: string): string {
    return `${this.namespace}:all:${cache}`;
  }

  /** Returns the name of the marker of one sampled write. */
  sample(id: string): string {
    return `${this.namespace}:sample:${id}`;
  }

  /** The tag that every entry of the namespace has. */
  get namespaceTag(): string {
    return `${this.namespace}:all`;
  }
}
