import type { Clock } from '../core/clock.js';
import { ABSENT, type Entry, type EntryHolder } from '../core/store/entry.js';
import { stringBytes } from '../core/store/heap-bytes.js';
import type { L1Entry, L1Tag, LocalTier, MemoryBounds } from '../core/store/store.js';
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
    // All absent values share one entry.
    const entryBytes = entry === ABSENT ? 0 : entry.bytes;
    super(recordKey, cache, HELD_BYTES + stringBytes(recordKey) + tagBytes + entryBytes, expiresAt);
    this.entry = entry;
    // Whole milliseconds, as in Held.
    this.loadedAt = Math.floor(loadedAt);
    this.freshUntil = Math.floor(freshUntil);
    this.tags = tags;
  }

  resized(bytes: number): void {
    this.entries.resize(this, this.bytes + bytes);
  }
}

/** L1: holds entries in the memory of this process. */
export class MemoryTier extends ExpiringLru<HeldEntry> implements LocalTier {
  readonly hasRoom: boolean;

  constructor(clock: Clock, bounds: MemoryBounds) {
    super(clock, bounds);
    this.hasRoom = bounds.maxBytes > HELD_BYTES && bounds.maxEntries > 0;
  }

  set(recordKey: string, cache: string, local: L1Entry): void {
    const held = new HeldEntry(this, recordKey, cache, local);
    // The shared entry never changes, and would keep its last holder in memory.
    if (this.hold(held) && local.entry !== ABSENT) local.entry.holder = held;
  }
}
