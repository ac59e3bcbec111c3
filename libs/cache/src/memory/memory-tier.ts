import type { Clock } from '../core/clock.js';
import type { Entry, EntryHolder } from '../core/store/entry.js';
import { stringBytes } from '../core/store/heap-bytes.js';
import type { EvictionCounts, L1Entry, L1Tag, LocalTier, MemoryBounds, MemoryUsage } from '../core/store/store.js';
import { ExpiringLru, Held } from './expiring-lru.js';

/** The heap of an entry besides its key and its content, in bytes: this object, its times, its place in the map. */
const HELD_BYTES = 200;
const TAG_BYTES = 48;
/** The tags of the namespace and of the cache. Entries without further tags share their list. */
const SHARED_TAGS = 2;

class HeldEntry extends Held implements L1Entry, EntryHolder {
  readonly entry: Entry<unknown>;
  readonly loadedAt: number;
  readonly freshUntil: number;
  readonly tags: readonly L1Tag[];

  constructor(
    private readonly entries: ExpiringLru<HeldEntry>,
    recordKey: string,
    cache: string,
    { entry, loadedAt, freshUntil, expiresAt, tags }: L1Entry,
  ) {
    const tagBytes = tags.length > SHARED_TAGS ? TAG_BYTES * (1 + tags.length) : 0;
    super(recordKey, cache, HELD_BYTES + stringBytes(recordKey) + tagBytes + entry.bytes, expiresAt);
    this.entry = entry;
    // Whole milliseconds, as in Held.
    this.loadedAt = Math.floor(loadedAt);
    this.freshUntil = Math.floor(freshUntil);
    this.tags = tags;
    entry.heldBy(this);
  }

  resized(bytes: number): void {
    this.entries.resize(this, this.bytes + bytes);
  }
}

/** L1: holds entries in the memory of this process. */
export class MemoryTier implements LocalTier {
  readonly #entries: ExpiringLru<HeldEntry>;

  constructor(clock: Clock, bounds: MemoryBounds) {
    this.#entries = new ExpiringLru<HeldEntry>(clock, bounds);
  }

  get(recordKey: string, now: number): L1Entry | undefined {
    return this.#entries.get(recordKey, now);
  }

  set(recordKey: string, cache: string, local: L1Entry): void {
    this.#entries.set(new HeldEntry(this.#entries, recordKey, cache, local));
  }

  delete(recordKey: string): void {
    this.#entries.delete(recordKey);
  }

  clear(): void {
    this.#entries.clear();
  }

  usage(cache: string): MemoryUsage {
    return this.#entries.usage(cache);
  }

  evictions(cache: string): EvictionCounts {
    return this.#entries.evictions(cache);
  }
}
