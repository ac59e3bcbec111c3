import type { Clock } from '../core/clock.js';
import type { L1Entry, LocalTier, MemoryBounds, MemoryUsage } from '../core/store/store.js';
import { ExpiringLru, textBytes } from './expiring-lru.js';

/** L1: holds entries in the memory of this process. */
export class MemoryTier implements LocalTier {
  readonly #entries: ExpiringLru<L1Entry>;

  constructor(clock: Clock, bounds: MemoryBounds) {
    this.#entries = new ExpiringLru(clock, bounds);
  }

  get(recordKey: string, now: number): L1Entry | undefined {
    return this.#entries.get(recordKey, now)?.value;
  }

  set(recordKey: string, cache: string, local: L1Entry): void {
    const { stored, typesLength } = local.entry;
    // The stored form and, after the first read, the decoded value, which is about as large.
    const bytes = textBytes(recordKey) + 2 * (textBytes(stored?.payload ?? '') + 2 * typesLength);
    this.#entries.set(recordKey, local, { group: cache, bytes, expiresAt: local.expiresAt });
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
}
