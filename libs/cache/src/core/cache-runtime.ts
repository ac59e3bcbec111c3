import { Bulkhead } from './context/load-limiter.js';
import type { Clock } from './clock.js';
import { Coherence } from './coherence/coherence.js';
import { Names } from './store/redis-keys.js';
import { PendingInvalidations } from './coherence/pending-invalidations.js';
import type { ChannelListener, LocalTier, SlotStore } from './store/store.js';
import type { CacheObserver } from './coherence/observer.js';

/** What the caches of one application stand on, shared by all of them. */
export interface Tiers {
  readonly names: Names;
  readonly clock: Clock;
  readonly coherence: Coherence;
  readonly store: SlotStore;
  readonly pending: PendingInvalidations;
  readonly bulkhead: Bulkhead;
  /** Whether a write whose body threw this has certainly changed nothing. */
  readonly rolledBack: (error: unknown) => boolean;
  /** The largest payload that is stored, in bytes, with its types. */
  readonly maxPayloadBytes: number;
  readonly warn: (message: string) => void;
  readonly observer: CacheObserver | undefined;
}

/** What differs between applications. */
export interface TierParts extends Pick<Tiers, 'clock' | 'rolledBack' | 'maxPayloadBytes' | 'warn'> {
  readonly namespace: string;
  readonly local: LocalTier;
  readonly maxStalenessMs: number;
  readonly maxLoads: number;
  readonly observer?: CacheObserver | undefined;
  /** Makes the store, whose changes are told to `listener`. */
  readonly store: (names: Names, listener: ChannelListener) => SlotStore;
}

/** Loads that may wait for each one that may run. */
const QUEUE_PER_LOAD = 10;

export function tiersOf({ namespace, local, maxStalenessMs, maxLoads, store, ...parts }: TierParts): Tiers {
  const { observer, ...rest } = parts;
  const names = new Names(namespace);
  const coherence = new Coherence(local, rest.clock, maxStalenessMs, observer);
  const forget = (slot: string): void => coherence.pushed('done', slot);
  return {
    ...rest,
    names,
    coherence,
    observer,
    store: store(names, coherence),
    pending: new PendingInvalidations(names.namespaceTag, rest.clock, forget),
    bulkhead: new Bulkhead(maxLoads, maxLoads * QUEUE_PER_LOAD),
  };
}
