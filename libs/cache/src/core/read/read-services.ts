import type { CacheDefinition } from '../policy/define-cache.js';
import { Counters } from '../counters.js';
import { EntryMaker } from './entry-factory.js';
import { LocalReads } from './l1.js';
import { Lookup } from './l2-lookup.js';
import type { Tiers } from '../cache-runtime.js';

/** What the verbs of one cache share. */
export interface CacheParts<K, V> {
  readonly counters: Counters;
  readonly lookup: Lookup<K, V>;
  readonly local: LocalReads<V>;
  readonly maker: EntryMaker<K, V>;
}

export function partsOf<K, V>(definition: CacheDefinition<K, V>, tiers: Tiers): CacheParts<K, V> {
  const counters = new Counters();
  return {
    counters,
    lookup: new Lookup(definition, tiers),
    local: new LocalReads(tiers),
    maker: new EntryMaker(definition, tiers, counters),
  };
}
