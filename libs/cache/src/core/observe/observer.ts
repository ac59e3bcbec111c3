import type { CapturedTag } from '../store/record-format.js';
import type { RecordRef } from '../store/redis-keys.js';

/** Receives the records that this process stores and invalidates, for diagnostics. Its methods must not throw. */
export interface CacheObserver {
  /** Called when a load has stored `payload` for an entry. */
  stored(record: RecordRef, payload: string, tags: readonly CapturedTag[]): void;
  /** Called when the entry or tag of this name was invalidated. */
  invalidated(name: string): void;
  /** Called when invalidation messages may have been lost. */
  invalidatedAll(): void;
}
