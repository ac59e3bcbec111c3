import type { Clock } from '../core/clock.js';
import type { LocalEntry, LocalTier, MemoryBounds, MemoryUsage } from '../core/store/store.js';
import { ExpiringLru } from './expiring-lru.js';
import { textBytes } from './text-bytes.js';

/** L1: entries that this process holds. */
export class MemoryTier implements LocalTier {
  readonly #entries: ExpiringLru<LocalEntry>;

  constructor(clock: Clock, bounds: MemoryBounds) {
    this.#entries = new ExpiringLru(clock, bounds);
  }

  get(slot: string, now: number): LocalEntry | undefined {
    return this.#entries.get(slot, now)?.value;
  }

  set(slot: string, cache: string, local: LocalEntry): void {
    const { stored, typesLength } = local.entry;
    // What is stored and, once it is read, the value that was decoded from it, which is about as large.
    const bytes = textBytes(slot) + 2 * (textBytes(stored?.payload ?? '') + 2 * typesLength);
    this.#entries.set(slot, local, { group: cache, bytes, expiresAt: local.expiresAt });
  }

  delete(slot: string): void {
    this.#entries.delete(slot);
  }

  clear(): void {
    this.#entries.clear();
  }

  usage(cache: string): MemoryUsage {
    return this.#entries.usage(cache);
  }
}
