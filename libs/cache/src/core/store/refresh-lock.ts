import { LONGEST_LEASE_MS, type RecordSnapshot, type RecordStore } from './store.js';

/**
 * The lock to refresh a value that stays in its record meanwhile: a lease on a record of its own. It only saves calls of the origin,
 * because `fill` decides what is stored.
 */
export class RefreshLock {
  readonly #name: string;

  constructor(
    private readonly store: Pick<RecordStore, 'read' | 'release'>,
    recordKey: string,
    private readonly token: string,
  ) {
    this.#name = refreshLockOf(recordKey);
  }

  /** Acquires the lock. Returns whether it did. */
  async acquire(leaseMs: number): Promise<boolean> {
    const held = await this.#lookup(leaseMs, undefined);
    // The clock of the server was set back: the holder is long gone.
    const isOutlived = held.text !== null && held.ttlMs > Math.max(leaseMs, LONGEST_LEASE_MS);
    const { acquired = false } = isOutlived ? await this.#lookup(leaseMs, held.text) : held;
    return acquired;
  }

  async release(): Promise<void> {
    await this.store.release(this.#name, this.token);
  }

  async #lookup(leaseMs: number, replaces: string | undefined): Promise<RecordSnapshot> {
    const lease = { token: this.token, leaseMs, replaces };
    const { records } = await this.store.read([this.#name], [], { lease });
    return records[0] ?? { text: null, ttlMs: 0 };
  }
}

/** Returns the key of a record's refresh lock. It is no record key, and stays in the namespace, which has no colon. */
export const refreshLockOf = (recordKey: string): string => recordKey.replace(':', ':refresh:');
