import { createRuntime, type RuntimeOptions } from '../core/cache-runtime.js';
import type { L1Entry } from '../core/store/entry.js';
import type { MemoryBounds } from '../core/store/store.js';
import { ExpiringLru } from '../memory/expiring-lru.js';
import { MemoryStore } from '../memory/memory-store.js';

import { ManualClock } from './manual-clock.js';

type Given = Partial<Omit<RuntimeOptions, 'clock' | 'local'> & MemoryBounds> & { readonly clock?: ManualClock };

/** Creates the services of a process without Redis, or with other options. A test moves their clock by hand. */
export function givenRuntime({
  clock = new ManualClock(),
  maxBytes = 1_000_000,
  maxEntries = 1_000,
  ...options
}: Given = {}) {
  const bounds = { maxBytes, maxEntries };
  const runtime = createRuntime({
    namespace: 'n',
    clock,
    local: new ExpiringLru<L1Entry>(clock, bounds),
    maxStalenessMs: 1_000,
    maxLoads: 100,
    maxPayloadBytes: 100_000,
    rolledBack: () => false,
    warn: () => {},
    store: (_, listener) => new MemoryStore(clock, bounds, listener),
    ...options,
  });
  return { clock, runtime };
}
