import { keyText } from '../policy/key-schema.js';

/** The place of one entry: its complete name in the store, and the cache it belongs to. */
export interface Slot {
  readonly cache: string;
  readonly name: string;
}

/**
 * The one place that makes names in the store. A slot's name holds the namespace, the cache and the key, never a version: old
 * and new code in a rolling deploy must invalidate the same slot.
 */
export class Names {
  constructor(readonly namespace: string) {}

  slot(cache: string, key: unknown): Slot {
    return { cache, name: `${this.slotsOf(cache)}${keyText(key)}` };
  }

  /** What the name of every slot of a cache begins with, and no other name. */
  slotsOf(cache: string): string {
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
