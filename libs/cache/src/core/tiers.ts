import type { Clock } from './clock.js';
import type { LocalTier, MemoryUsage, SlotStore } from './ports.js';

/** What the caches of one application stand on. */
export interface Tiers {
  readonly namespace: string;
  readonly store: SlotStore;
  /** In front of a store that other processes share; absent where the store is the process itself. */
  readonly local: LocalTier | undefined;
  readonly usage: (cache: string) => MemoryUsage;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
}
