import type { Clock } from '../clock.js';
import type { Lease } from './store.js';

/**
 * Makes the leases of lookups. Lookups of one turn of the event loop share a lease, so a call of the store sends its arguments once.
 *
 * No two attempts at one record have the same token: otherwise one of them could fill the record by the right of the other.
 */
export class Leases {
  #shared: Lease | undefined;
  /** The records whose lookup has the shared lease. A set of its own for each turn, for the reason given in `StepBatches`. */
  #records = new Set<string>();

  constructor(private readonly clock: Pick<Clock, 'id'>) {}

  leaseOf(recordKey: string, leaseMs: number): Lease {
    const shared = this.#shared;
    if (shared && shared.leaseMs === leaseMs && !this.#records.has(recordKey)) {
      this.#records.add(recordKey);
      return shared;
    }
    const lease = { token: this.clock.id(), leaseMs, replaces: undefined };
    if (!shared) {
      this.#shared = lease;
      this.#records.add(recordKey);
      queueMicrotask(() => this.#endTurn());
    }
    return lease;
  }

  #endTurn(): void {
    this.#shared = undefined;
    this.#records = new Set();
  }
}
