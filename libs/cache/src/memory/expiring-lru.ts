import { LRUCache } from 'lru-cache';
import type { Clock } from '../core/clock.js';
import type { MemoryBounds, MemoryUsage } from '../core/store/store.js';

interface Held<T> {
  readonly group: string;
  readonly value: T;
  readonly bytes: number;
  readonly expiresAt: number;
}

/** Stores values that expire, bounded in number and bytes. Evicts the least recently used first, and counts usage per group. */
export class ExpiringLru<T> {
  readonly #held: LRUCache<string, Held<T>>;
  readonly #usage = new Map<string, { entries: number; bytes: number }>();

  constructor(
    private readonly clock: Clock,
    { maxBytes, maxEntries }: MemoryBounds,
  ) {
    this.#held = new LRUCache<string, Held<T>>({
      max: maxEntries,
      maxSize: maxBytes,
      sizeCalculation: ({ bytes }) => bytes,
      onInsert: ({ group, bytes }) => this.#count(group, 1, bytes),
      dispose: ({ group, bytes }) => this.#count(group, -1, -bytes),
    });
  }

  get(name: string, now = this.clock.now()): { readonly value: T; readonly expiresAt: number } | undefined {
    const held = this.#held.get(name);
    if (held && held.expiresAt <= now) {
      this.#held.delete(name);
      return undefined;
    }
    return held;
  }

  /** Stores a value, unless it is larger than `maxBytes`. */
  set(
    name: string,
    value: T,
    cost: { readonly group: string; readonly bytes: number; readonly expiresAt: number },
  ): void {
    this.#held.set(name, { value, ...cost });
  }

  delete(name: string): void {
    this.#held.delete(name);
  }

  /** Returns the names of all values, expired or not. */
  names(): string[] {
    return [...this.#held.keys()];
  }

  clear(): void {
    this.#held.clear();
  }

  usage(group: string): MemoryUsage {
    return { ...(this.#usage.get(group) ?? { entries: 0, bytes: 0 }) };
  }

  #count(group: string, entries: number, bytes: number): void {
    const usage = this.#usage.get(group) ?? { entries: 0, bytes: 0 };
    usage.entries += entries;
    usage.bytes += bytes;
    this.#usage.set(group, usage);
  }
}

/** Returns the upper bound of a text's memory in the engine, in bytes: two per UTF-16 code unit. */
export const textBytes = (text: string): number => 2 * text.length;
