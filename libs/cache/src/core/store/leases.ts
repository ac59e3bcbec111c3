import type { Clock } from '../clock.js';
import type { Lease } from './store.js';

/**
 * Makes the leases of lookups. Lookups of one turn of the event loop share a lease, so a call of the store sends its arguments once.
 *
 * No two attempts at one record have the same token: otherwise one of them could fill the record by the right of the other.
 */
export class Leases {
  /**
   * The lease of this turn, and the records whose lookup has it. Each turn has a set of its own, for the reason given in `StepBatches`.
   */
  #shared: { readonly lease: Lease; readonly records: Set<string> } | undefined;

  constructor(private readonly clock: Pick<Clock, 'id'>) {}

  leaseOf(recordKey: string, leaseMs: number): Lease {
    const shared = this.#shared;
    if (shared?.lease.leaseMs === leaseMs && !shared.records.has(recordKey)) {
      shared.records.add(recordKey);
      return shared.lease;
    }
    const lease = { token: this.clock.id(), leaseMs, replaces: undefined };
    if (!shared) {
      this.#shared = { lease, records: new Set([recordKey]) };
      queueMicrotask(() => void (this.#shared = undefined));
    }
    return lease;
  }
}
