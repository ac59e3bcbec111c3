export interface ReadOptions {
  /** Returns no value older than the newest write acknowledged before, by any process. Costs a round trip. @default false */
  readonly strong?: boolean;
  /** Rejects the call when it fires. A load that the call began continues for the reads that share it. */
  readonly signal?: AbortSignal;
  /** How long to wait for a load of another process before loading too, in milliseconds. @default 5_000 */
  readonly patienceMs?: number;
}

/** What a write or an invalidation covers besides its own key. */
export interface WriteOptions {
  /** Tags whose entries are invalidated too, in all caches. @default none */
  readonly tags?: readonly string[];
}

export interface SetOptions {
  /**
   * How long the value is fresh, in milliseconds, rounded up and limited by the policy. With less than 1 ms nothing is stored, and
   * the entry is removed.
   * @default the TTL of the policy
   */
  readonly ttlMs?: number;
}
