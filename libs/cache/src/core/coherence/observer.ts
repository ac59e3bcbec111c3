import type { CapturedTag } from '../store/record-format.js';
import type { RecordRef } from '../store/redis-keys.js';

/** Receives what this process stores and invalidates, for diagnostics. Its methods must not throw. */
export interface CacheObserver {
  /** A load has stored `payload` for an entry. */
  stored(record: RecordRef, payload: string, tags: readonly CapturedTag[]): void;
  /** The entry or the tag of this name was invalidated. */
  invalidated(name: string): void;
  /** Invalidation messages may have been lost. */
  invalidatedAll(): void;
}
