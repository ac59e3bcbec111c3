import type { CacheDefinition } from '../policy/define-cache.js';
import { Counters } from '../counters.js';
import { EntryFactory } from './entry-factory.js';
import { L1 } from './l1.js';
import { L2Lookup } from './l2-lookup.js';
import { Origin } from '../origin.js';
import type { CacheRuntime } from '../cache-runtime.js';

/** Services shared by the operations of one cache. */
export interface ReadServices<K, V> {
  readonly counters: Counters;
  readonly l2Lookup: L2Lookup<K, V>;
  readonly l1: L1<V>;
  readonly entryFactory: EntryFactory<K, V>;
  readonly origin: Origin;
}

export function createReadServices<K, V>(definition: CacheDefinition<K, V>, runtime: CacheRuntime): ReadServices<K, V> {
  const counters = new Counters(definition.name, runtime.observation.hotKeys);
  return {
    counters,
    l2Lookup: new L2Lookup(definition, runtime),
    l1: new L1(runtime, counters),
    entryFactory: new EntryFactory(definition, runtime, counters),
    origin: new Origin(definition, runtime, counters),
  };
}
