import type { Clock } from '../core/clock.js';
import { Ticker } from '../core/concurrency/ticker.js';
import type { EvictionCounts, MemoryBounds, MemoryUsage } from '../core/store/store.js';

/** How often expired values are looked for, and how many values are looked at each time: 100,000 of them in 10 s. */
const SWEEP_MS = 250;
const SWEPT_AT_ONCE = 2_500;

/** A value that expires. It is its own link in the order of use: an object more per value would cost a fifth of its memory. */
export interface Held {
  readonly name: string;
  /** The group that its memory is counted for. */
  readonly group: string;
  bytes: number;
  readonly expiresAt: number;
  /** Its neighbours in the order of use. */
  older: Held | undefined;
  newer: Held | undefined;
}

/**
 * Stores values that expire, bounded in number and bytes. Evicts the least recently used first, and counts usage per group. Expired
 * values leave when they are read, or within seconds.
 */
export class ExpiringLru<T extends Held> {
  /** Whether its bounds leave room for any value. */
  readonly hasRoom: boolean;
  readonly #held = new Map<string, T>();
  readonly #usage = new Map<string, { entries: number; bytes: number }>();
  readonly #evictions = new Map<string, { entries: number; bytes: number }>();
  readonly #ticker: Ticker;
  #bytes = 0;
  #oldest: Held | undefined;
  #newest: Held | undefined;
  /** Where the sweep continues. It goes from the newest to the oldest, because values in use move out of its way. */
  #nextSwept: Held | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly bounds: MemoryBounds,
  ) {
    const { maxBytes, maxEntries, leastBytes = 1 } = bounds;
    this.hasRoom = maxBytes >= leastBytes && maxEntries > 0;
    this.#ticker = new Ticker(clock, SWEEP_MS, () => this.#sweep());
  }

  get(name: string, now = this.clock.now()): T | undefined {
    const held = this.#held.get(name);
    if (held === undefined) return undefined;
    if (held.expiresAt <= now) {
      this.#remove(held);
      return undefined;
    }
    if (held !== this.#newest) {
      this.#unlink(held);
      this.#append(held);
    }
    return held;
  }

  /** Stores a value, unless it is larger than `maxBytes`. Returns whether it did. */
  hold(held: T): boolean {
    const { maxBytes, maxEntries } = this.bounds;
    const before = this.#held.get(held.name);
    if (before) this.#remove(before);
    if (held.bytes > maxBytes) return false;
    this.#held.set(held.name, held);
    this.#append(held);
    this.#count(held, 1);
    while (this.#held.size > maxEntries && this.#oldest) this.#evictOne(this.#oldest, 'entries');
    this.#evict();
    this.#ticker.start();
    return true;
  }

  /** Counts a value that now takes `bytes`. It may be the one that is evicted, and may have left before. */
  resize(held: T, bytes: number): void {
    if (this.#held.get(held.name) !== held) return;
    this.#count(held, -1);
    held.bytes = bytes;
    this.#count(held, 1);
    this.#evict();
  }

  delete(name: string): void {
    const held = this.#held.get(name);
    if (held) this.#remove(held);
  }

  /** Returns the names of all values, expired or not. */
  names(): string[] {
    return [...this.#held.keys()];
  }

  clear(): void {
    this.#held.clear();
    this.#usage.clear();
    this.#bytes = 0;
    this.#oldest = undefined;
    this.#newest = undefined;
    this.#nextSwept = undefined;
  }

  usage(group: string): MemoryUsage {
    return { ...(this.#usage.get(group) ?? { entries: 0, bytes: 0 }) };
  }

  /** Returns how many values of a group were evicted, by the bound that was reached. */
  evictions(group: string): EvictionCounts {
    return { ...(this.#evictions.get(group) ?? { entries: 0, bytes: 0 }) };
  }

  #evict(): void {
    while (this.#bytes > this.bounds.maxBytes && this.#oldest) this.#evictOne(this.#oldest, 'bytes');
  }

  #evictOne(held: Held, bound: keyof EvictionCounts): void {
    const counts = this.#evictions.get(held.group) ?? { entries: 0, bytes: 0 };
    counts[bound] += 1;
    this.#evictions.set(held.group, counts);
    this.#remove(held);
  }

  #sweep(): boolean {
    const now = this.clock.now();
    let next = this.#nextSwept ?? this.#newest;
    for (let count = 0; next && count < SWEPT_AT_ONCE; count += 1) {
      const held = next;
      next = held.older;
      if (held.expiresAt <= now) this.#remove(held);
    }
    this.#nextSwept = next;
    return this.#held.size > 0;
  }

  #remove(held: Held): void {
    this.#held.delete(held.name);
    this.#unlink(held);
    // A reader may still have it, which must not keep its neighbours in memory.
    held.older = undefined;
    held.newer = undefined;
    this.#count(held, -1);
  }

  #unlink(held: Held): void {
    const { older, newer } = held;
    if (this.#nextSwept === held) this.#nextSwept = older;
    if (older) older.newer = newer;
    else this.#oldest = newer;
    if (newer) newer.older = older;
    else this.#newest = older;
  }

  #append(held: Held): void {
    held.older = this.#newest;
    held.newer = undefined;
    if (this.#newest) this.#newest.newer = held;
    else this.#oldest = held;
    this.#newest = held;
  }

  #count({ group, bytes }: Held, by: 1 | -1): void {
    const usage = this.#usage.get(group) ?? { entries: 0, bytes: 0 };
    usage.entries += by;
    usage.bytes += by * bytes;
    this.#bytes += by * bytes;
    this.#usage.set(group, usage);
  }
}
