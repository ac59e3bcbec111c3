import type { EntryRef } from '../store/key-resolver.js';
import type { ReadServices } from '../read/read-services.js';
import { BatchedLookup } from '../batch/batched-lookup.js';
import { LoadContext } from '../context/load-context.js';
import { isUnreadable } from '../read/lookup-result.js';
import { pagesOf } from '../batch/pages.js';
import type { ReadResult } from '../read-result.js';
import type { RecordRef } from '../store/redis-keys.js';
import { TimeBudget } from '../read/time-budget.js';
import type { CacheRuntime } from '../cache-runtime.js';

/** What is stored and fresh now, without loading. */
export class Peek<K, V> {
  constructor(
    private readonly runtime: CacheRuntime,
    private readonly parts: Pick<ReadServices<K, V>, 'l2Lookup' | 'l1' | 'counters'>,
  ) {}

  /** In the order of `addresses`, by one round trip to the store for every 250. @throws when the store is away. */
  async peek(refs: readonly EntryRef<K>[]): Promise<(V | undefined)[]> {
    const values: (V | undefined)[] = [];
    for (const page of pagesOf(refs)) {
      // One alone is sent in this turn, ahead of whatever its caller does next.
      const reads = page.length > 1 ? new BatchedLookup(this.runtime.store) : undefined;
      values.push(...(await Promise.all(page.map((ref) => this.#one(ref, reads)))));
    }
    return values;
  }

  async #one({ record, tags }: EntryRef<K>, batch: BatchedLookup | undefined): Promise<V | undefined> {
    const scope = LoadContext.current;
    if (scope?.isWrite || this.runtime.pending.affects(record.key, tags)) {
      this.parts.counters.read('bypass');
      return undefined;
    }
    const held = scope ? undefined : this.#held(record);
    if (held) return held.answer.value;
    const { inFlightReads } = this.runtime.coherence;
    const inFlightRead = inFlightReads.begin([record.key, ...tags]);
    try {
      const visit = { inFlightRead, budget: TimeBudget.of(this.runtime) };
      const { state } = await this.parts.l2Lookup.fetch({ record, tags, strong: scope !== undefined, batch }, visit);
      const fresh = state.kind === 'value' && state.freshness === 'fresh' ? state : undefined;
      this.parts.counters.tier(this.runtime.store.tier, fresh !== undefined);
      if (isUnreadable(state)) this.parts.counters.unreadable();
      this.parts.counters.read(fresh ? (fresh.entry.absent ? 'negative' : 'hit') : 'miss');
      if (fresh) this.parts.l1.putFetched(record, fresh, inFlightRead);
      return fresh?.entry.value;
    } catch (error) {
      this.parts.counters.read('error');
      throw error;
    } finally {
      inFlightReads.end(inFlightRead);
    }
  }

  /** What this process holds, where it is fresh. */
  #held(record: RecordRef): ReadResult<V> | undefined {
    const held = this.parts.l1.get(record.key);
    const fresh = held && held.ttlMs > 0 ? held : undefined;
    this.parts.counters.tier('l1', fresh !== undefined);
    if (fresh) this.parts.counters.read(fresh.status);
    return fresh;
  }
}
