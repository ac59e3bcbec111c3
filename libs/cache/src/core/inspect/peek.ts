import type { Address } from '../store/address.js';
import type { CacheParts } from '../read/read-services.js';
import { JointReads } from '../batch/batched-lookup.js';
import { LoadScope } from '../context/load-context.js';
import { isUnreadable } from '../read/lookup-result.js';
import { pagesOf } from '../batch/pages.js';
import type { ReadOutcome } from '../read-result.js';
import type { Slot } from '../store/redis-keys.js';
import { StoreBudget } from '../read/time-budget.js';
import type { Tiers } from '../cache-runtime.js';

/** What is stored and fresh now, without loading. */
export class Peek<K, V> {
  constructor(
    private readonly tiers: Tiers,
    private readonly parts: Pick<CacheParts<K, V>, 'lookup' | 'local' | 'counters'>,
  ) {}

  /** In the order of `addresses`, by one round trip to the store for every 250. @throws when the store is away. */
  async peek(addresses: readonly Address<K>[]): Promise<(V | undefined)[]> {
    const values: (V | undefined)[] = [];
    for (const page of pagesOf(addresses)) {
      // One alone is sent in this turn, ahead of whatever its caller does next.
      const reads = page.length > 1 ? new JointReads(this.tiers.store) : undefined;
      values.push(...(await Promise.all(page.map((address) => this.#one(address, reads)))));
    }
    return values;
  }

  async #one({ slot, tags }: Address<K>, batch: JointReads | undefined): Promise<V | undefined> {
    const scope = LoadScope.current;
    if (scope?.writing || this.tiers.pending.concerns(slot.name, tags)) {
      this.parts.counters.read('bypass');
      return undefined;
    }
    const held = scope ? undefined : this.#held(slot);
    if (held) return held.answer.value;
    const { reads } = this.tiers.coherence;
    const ticket = reads.begin([slot.name, ...tags]);
    try {
      const visit = { ticket, budget: StoreBudget.of(this.tiers) };
      const { found } = await this.parts.lookup.read({ slot, tags, strong: scope !== undefined, batch }, visit);
      const fresh = found.kind === 'value' && found.freshness === 'fresh' ? found : undefined;
      this.parts.counters.tier(this.tiers.store.tier, fresh !== undefined);
      if (isUnreadable(found)) this.parts.counters.unreadable();
      this.parts.counters.read(fresh ? (fresh.entry.absent ? 'negative' : 'hit') : 'miss');
      if (fresh) this.parts.local.admitFound(slot, fresh, ticket);
      return fresh?.entry.value;
    } catch (error) {
      this.parts.counters.read('error');
      throw error;
    } finally {
      reads.end(ticket);
    }
  }

  /** What this process holds, where it is fresh. */
  #held(slot: Slot): ReadOutcome<V> | undefined {
    const held = this.parts.local.find(slot.name);
    const fresh = held && held.ttlMs > 0 ? held : undefined;
    this.parts.counters.tier('l1', fresh !== undefined);
    if (fresh) this.parts.counters.read(fresh.result);
    return fresh;
  }
}
