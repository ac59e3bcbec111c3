import { type EntryRef, namesOf } from '../store/key-resolver.js';
import type { ReadServices } from '../read/read-services.js';
import { LoadContext } from '../context/load-context.js';
import { pagesOf } from '../batch/pages.js';
import type { Entry } from '../store/entry.js';
import type { RecordRef } from '../store/redis-keys.js';
import type { CacheRuntime } from '../cache-runtime.js';

/** Returns values that are stored and fresh, without loading. */
export class Peek<K, V> {
  constructor(
    private readonly runtime: CacheRuntime,
    private readonly parts: Pick<ReadServices<K, V>, 'l2Lookup' | 'l1' | 'counters'>,
  ) {}

  /** Returns the values in the order of `refs`, with one round trip to the store per 250. @throws when the store is unavailable. */
  async peek(refs: readonly EntryRef<K>[]): Promise<(V | undefined)[]> {
    const values = new Map<EntryRef<K>, V>();
    for (const page of pagesOf(refs.filter((ref) => !this.#settle(ref, values)))) await this.#look(page, values);
    return refs.map((ref) => values.get(ref));
  }

  /** Returns whether the store need not be asked. */
  #settle(ref: EntryRef<K>, values: Map<EntryRef<K>, V>): boolean {
    if (LoadContext.current?.write || this.runtime.pending.affects(ref.record.key, ref.tags)) {
      this.parts.counters.read(ref.record, BYPASSED, 0);
      return true;
    }
    const local = LoadContext.allowsMemory(ref.record.key, ref.tags) ? this.#freshInL1(ref.record) : undefined;
    if (local?.value !== undefined) values.set(ref, local.value);
    return local !== undefined;
  }

  async #look(refs: readonly EntryRef<K>[], values: Map<EntryRef<K>, V>): Promise<void> {
    const { counters, l1, l2Lookup } = this.parts;
    const { clock } = this.runtime;
    const startedAt = clock.now();
    const inFlightRead = this.runtime.coherence.beginRead(namesOf(refs));
    try {
      const strong = refs.some(({ record, tags }) => !LoadContext.allowsMemory(record.key, tags));
      const results = await l2Lookup.fetchMany(refs, strong, inFlightRead);
      refs.forEach((ref, index) => {
        const { state } = results[index] ?? {};
        if (!state) return;
        // As before the lookup: another server may have come since.
        const isPending = this.runtime.pending.affects(ref.record.key, ref.tags);
        const isFresh = state.kind === 'value' && state.freshness === 'fresh' && !isPending;
        const fresh = isFresh && state.entry.readable ? state : undefined;
        counters.tiers[this.runtime.store.tier][fresh ? 'hits' : 'misses'] += 1;
        if (state.kind === 'value' ? isFresh && !fresh : state.unreadable) counters.counts.unreadable += 1;
        counters.read(ref.record, fresh ? l1.resultOfFetched(fresh) : MISSED, clock.now() - startedAt);
        if (fresh) l1.putFetched(ref.record, fresh, inFlightRead);
        const value = fresh?.entry.value;
        if (value !== undefined) values.set(ref, value);
      });
    } catch (error) {
      refs.forEach(({ record }) => counters.readFailed(record, error, clock.now() - startedAt));
      throw error;
    }
  }

  /** Returns the entry in L1 if it is fresh. */
  #freshInL1(record: RecordRef): Entry<V> | undefined {
    const { counters, l1 } = this.parts;
    const { clock } = this.runtime;
    const startedAt = clock.now();
    const local = l1.get(record.key, startedAt);
    const fresh = local && startedAt < local.freshUntil && local.entry.readable ? local : undefined;
    counters.tiers.l1[fresh ? 'hits' : 'misses'] += 1;
    if (fresh) counters.read(record, l1.resultOf(fresh, startedAt), clock.now() - startedAt);
    return fresh?.entry;
  }
}

const MISSED = { status: 'miss', detail: undefined, tier: undefined, collapsed: false } as const;
const BYPASSED = { ...MISSED, status: 'bypass' } as const;
