import type { Clock } from '../core/clock.js';
import type { LocalEntry, LocalTier, MemoryBounds, MemoryUsage, Slot } from '../core/ports.js';
import { ExpiringLru } from './expiring-lru.js';
import { textBytes } from './text-bytes.js';

/** L1: decoded entries in front of a store that other processes share. */
export class MemoryTier implements LocalTier {
  readonly #entries: ExpiringLru<LocalEntry>;

  constructor(clock: Clock, bounds: MemoryBounds) {
    this.#entries = new ExpiringLru(clock, bounds);
  }

  get(slot: Slot): LocalEntry | undefined {
    return this.#entries.get(slot.name)?.value;
  }

  set(slot: Slot, local: LocalEntry): void {
    // The text and, once it is read, the value that was decoded from it, which is about as large.
    const bytes = textBytes(slot.name) + 2 * textBytes(local.entry.json);
    this.#entries.set(slot.name, local, { group: slot.cache, bytes, expiresAt: local.expiresAt });
  }

  delete(slot: Slot): void {
    this.#entries.delete(slot.name);
  }

  usage(cache: string): MemoryUsage {
    return this.#entries.usage(cache);
  }
}
