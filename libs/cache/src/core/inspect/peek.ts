import type { EntryRef } from '../store/key-resolver.js';
import type { ReadServices } from '../read/read-services.js';
import { BatchedLookup } from '../batch/batched-lookup.js';
import { LoadContext } from '../context/load-context.js';
import { pagesOf } from '../batch/pages.js';
import { isReadable, type ReadResult } from '../read-result.js';
import type { RecordRef } from '../store/redis-keys.js';
import { TimeBudget } from '../read/time-budget.js';
import type { CacheRuntime } from '../cache-runtime.js';

/** Returns values that are stored and fresh, without loading. */
export class Peek<K, V> {
  constructor(
    private readonly runtime: CacheRuntime,
    private readonly parts: Pick<ReadServices<K, V>, 'l2Lookup' | 'l1' | 'counters'>,
  ) {}

  /** Returns the values in the order of `refs`, with one round trip to the store per 250. @throws when the store is unavailable. */
  async peek(refs: readonly EntryRef<K>[]): Promise<(V | undefined)[]> {
    const values: (V | undefined)[] = [];
    for (const page of pagesOf(refs)) {
      // A single read is sent in this tick, before the next command of its caller.
      const reads = page.length > 1 ? new BatchedLookup(this.runtime.store) : undefined;
      values.push(...(await Promise.all(page.map((ref) => this.#one(ref, reads)))));
    }
    return values;
  }

  async #one({ record, tags }: EntryRef<K>, batch: BatchedLookup | undefined): Promise<V | undefined> {
    const context = LoadContext.current;
    if (context?.write || this.runtime.pending.affects(record.key, tags)) {
      this.parts.counters.read('bypass');
      return undefined;
    }
    const local = context ? undefined : this.#freshInL1(record);
    if (local) return local.answer.value;
    const inFlightRead = this.runtime.coherence.beginRead([record.key, ...tags]);
    try {
      const attempt = { inFlightRead, budget: new TimeBudget(this.runtime.clock, this.runtime.store.deadlineMs) };
      const { state } = await this.parts.l2Lookup.fetch(
        { record, tags, strong: context !== undefined, batch },
        attempt,
      );
      const isFresh = state.kind === 'value' && state.freshness === 'fresh';
      const fresh = isFresh && state.entry.readable ? state : undefined;
      this.parts.counters.tier(this.runtime.store.tier, fresh !== undefined);
      if (state.kind === 'value' ? isFresh && !fresh : state.unreadable) this.parts.counters.unreadable();
      this.parts.counters.read(fresh ? (fresh.entry.absent ? 'negative' : 'hit') : 'miss');
      if (fresh) this.parts.l1.putFetched(record, fresh, inFlightRead);
      return fresh?.entry.value;
    } catch (error) {
      this.parts.counters.read('error');
      throw error;
    } finally {
      inFlightRead.end();
    }
  }

  /** Returns the entry in L1 if it is fresh. */
  #freshInL1(record: RecordRef): ReadResult<V> | undefined {
    const local = this.parts.l1.get(record.key);
    const fresh = local && local.ttlMs > 0 && isReadable(local.answer) ? local : undefined;
    this.parts.counters.tier('l1', fresh !== undefined);
    if (fresh) this.parts.counters.read(fresh.status);
    return fresh;
  }
}
