import { keyText } from '../policy/key-schema.js';

/** The place of one entry: its complete name in the store, and the cache it belongs to. */
export interface RecordRef {
  readonly cache: string;
  readonly key: string;
}

/**
 * The one place that makes names in the store. A slot's name holds the namespace, the cache and the key, never a version: old
 * and new code in a rolling deploy must invalidate the same slot.
 */
export class RedisKeys {
  constructor(readonly namespace: string) {}

  record(cache: string, key: unknown): RecordRef {
    return { cache, key: `${this.recordPrefix(cache)}${keyText(key)}` };
  }

  /** What the name of every slot of a cache begins with, and no other name. */
  recordPrefix(cache: string): string {
    return `${this.namespace}:c:${cache}:`;
  }

  tag(tag: string): string {
    return `${this.namespace}:t:${keyText(tag)}`;
  }

  /** The tag of every entry of a cache. */
  cacheTag(cache: string): string {
    return `${this.namespace}:all:${cache}`;
  }

  /** The tag of every entry there is. */
  get namespaceTag(): string {
    return `${this.namespace}:all`;
  }
}
