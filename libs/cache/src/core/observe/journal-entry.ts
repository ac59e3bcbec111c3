/** One write or invalidation of this process. Times are in milliseconds since 1970. */
export interface JournalEntry {
  /** `failed-write` if it is unknown whether the write has changed the origin. */
  readonly kind: 'write' | 'failed-write' | 'invalidation';
  /** The result of the option `actor`: the id of the request or the name of the job. */
  readonly who: string | undefined;
  /** The complete keys of its records, the first 20 of them. */
  readonly recordKeys: readonly string[];
  /** The complete keys of its tags, the first 20 of them. */
  readonly tags: readonly string[];
  /** The number of all its records and tags. */
  readonly names: number;
  /** When it ended. */
  readonly at: number;
  /** How long it took. */
  readonly durationMs: number;
  /** When the store acknowledged it; `undefined` while it is pending. */
  readonly appliedAt: number | undefined;
  /** When a heartbeat proved that this instance has received the messages of all earlier changes. */
  readonly verifiedAt: number | undefined;
  /** The other instances that have confirmed the same, the first 100 of them. Empty unless a module exchanges confirmations. */
  readonly confirmedBy: readonly Confirmation[];
}

/** An instance has received the messages of a write or an invalidation, and of all changes before it. */
export interface Confirmation {
  readonly instance: string;
  /** When this process learned it, which may be seconds later. */
  readonly at: number;
}

/** The last 1,000 writes and invalidations of this process, the newest first, and what other instances have received of them. */
export interface WriteJournal extends Iterable<JournalEntry> {
  /** The number of the newest entry that the store has acknowledged, with all entries before it. The first entry has number 1. */
  readonly position: number;
  /** Adds that an instance has received the messages of all entries until `position`. */
  confirm(instance: string, position: number): void;
}
