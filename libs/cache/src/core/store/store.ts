import type { PayloadForm } from '../codec/codec.js';
import type { L1Entry } from './entry.js';
import type { Histogram } from '../histogram.js';

/** The tier that served a value: L1 is the process, L2 is Redis. */
export type Tier = 'l1' | 'l2';

/** A record at the time it was read. */
export interface RecordSnapshot {
  /** The text of the record, or `null` if it is absent. */
  readonly text: string | null;
  /** The remaining life of the record, in milliseconds; 0 if it is absent or never expires. */
  readonly ttlMs: number;
  /** Whether the record was absent, or replaceable, and holds the caller's lease now. @default false */
  readonly acquired?: boolean;
}

/**
 * Stores one text per record. Only these steps of the protocol change it. Records are addressed by their complete keys; a tag
 * is a record too.
 *
 * Every method rejects when the store is unavailable, and settles within {@link deadlineMs}. A step that was sent may be carried
 * out after its caller has given up: each step is harmless then.
 */
export interface RecordStore {
  readonly tier: Tier;

  /**
   * Identifies the unbroken connections to all servers of the store. Changes with each reconnect; `undefined` while one of them is
   * unavailable.
   */
  readonly session: string | undefined;

  /** As {@link session}, of the server that has a record. It changes too when another server gets the record. */
  sessionOf(recordKey: string): string | undefined;

  /** The time within which every step settles, in milliseconds. */
  readonly deadlineMs: number;

  /** How long its operations took, by name; absent for a store in this process. */
  readonly operations?: ReadonlyMap<string, Histogram>;

  /** The state of each of its servers, if it has several. */
  readonly servers?: readonly ServerState[];

  /** What the store takes of this process's memory; absent for a store in another process. */
  readonly usage?: MemoryUsage;

  /**
   * Reads records and tags in one round trip. The text of a tag may be truncated beyond the length of a version. With a `lease`, a
   * record that is absent, or begins with `replaces`, gets the lease to fill it instead. A lease that arrives after the deadline is
   * released.
   */
  read(recordKeys: readonly string[], tags: readonly string[], options?: ReadingOptions): Promise<StoreReading>;

  /**
   * Yields the record keys that begin with `prefix`, in pages. Records that are stored or removed during the scan may be missed,
   * and a key may come twice. Not every store supports it.
   */
  scan?(prefix: string): AsyncIterable<readonly string[]>;

  /** Stores `text` over a record that begins with `expected`. Returns whether it did. */
  fill(recordKey: string, fill: Fill): Promise<boolean>;

  /** Releases a lease. With an error, it blocks other loads for `retryMs`. */
  release(recordKey: string, token: string, backOff?: BackOff): Promise<void>;

  /** Stores `text` if the record is absent, or else extends its life. Returns the text, truncated beyond the length of a version. */
  ensureTagVersion(recordKey: string, text: string, ttlMs: number): Promise<string>;

  /** Announces a write. Until {@link done}, or for `lifeMs`, the record is neither used nor filled. */
  intent(recordKey: string, token: string, lifeMs: number): Promise<void>;
  /** Ends a write. Returns whether its intent was still set: it may have expired, or been lost with the store. */
  done(recordKey: string, token: string): Promise<boolean>;
  /** Ends a write with its value. Returns whether the value was stored; if not, {@link done} must still end the write. */
  doneWithValue(recordKey: string, token: string, value: StoredText): Promise<boolean>;
  /** Empties the record. Writes in progress keep their intents, and store no value. */
  invalidate(recordKey: string): Promise<void>;
  /** Ends intents after their lives at the latest. Only a store whose clock may be set back needs it. */
  limitIntents?(recordKey: string): Promise<void>;

  /** Rejects reads while `isReadable` returns `false`. Absent for a store that ends with its process. */
  restrictReads?(isReadable: () => boolean): void;

  /** The word with which the server refuses what the caches need, such as `MISCONF`, while it does. */
  readonly refusal?: string | undefined;
}

/** One of several servers of a store. */
export interface ServerState {
  /** Its address, as `host:port`. */
  readonly master: string;
  readonly connected: boolean;
  /** Whether its invalidation channel was verified within `maxStaleness`. */
  readonly verified: boolean;
  /** Why it is down, or what it refuses; `undefined` if all is well. */
  readonly lastError: string | undefined;
}

export interface ReadingOptions {
  /** In binary form, a text has one byte per character. @default 'text' */
  readonly form?: PayloadForm | undefined;
  /** Whether to reject unless the store accepts writes and has lost none. @default false */
  readonly proven?: boolean;
  /** The lease to take of records that are missing. */
  readonly lease?: Lease | undefined;
}

export interface StoreReading {
  readonly records: readonly RecordSnapshot[];
  /** `null` where a tag is absent. */
  readonly tags: readonly (string | null)[];
}

/** The longest time that a lease may be held, in milliseconds. */
export const LONGEST_LEASE_MS = 5_000;

export interface Lease {
  readonly token: string;
  readonly leaseMs: number;
  /** How the record begins that the caller found to be invalid, if any. */
  readonly replaces: string | undefined;
}

export interface StoredText {
  readonly text: string;
  /** @default 'text' */
  readonly form?: PayloadForm;
  readonly ttlMs: number;
}

export interface Fill extends StoredText {
  readonly expected: string;
}

export interface BackOff {
  readonly error: string;
  readonly retryMs: number;
}

/**
 * Identifies the unbroken connections to the servers of some records; `undefined` while one of them is unavailable, and without
 * records.
 */
export function sessionsOf(store: RecordStore, recordKeys: Iterable<string>): string | undefined {
  const sessions = new Set<string>();
  for (const recordKey of recordKeys) {
    const session = store.sessionOf(recordKey);
    if (session === undefined) return undefined;
    sessions.add(session);
  }
  return sessions.size === 0 ? undefined : [...sessions].join();
}

/** Limits the memory that a process uses for its caches. */
export interface MemoryBounds {
  readonly maxBytes: number;
  readonly maxEntries: number;
  /** What the smallest value takes. @default 1 */
  readonly leastBytes?: number;
}

/** The memory that a cache uses in the process. */
export interface MemoryUsage {
  readonly entries: number;
  readonly bytes: number;
}

/** The entries that left the memory of a process, by the limit that was reached. */
export interface EvictionCounts {
  readonly bytes: number;
  readonly entries: number;
}

/** Holds entries in the process, in front of the store. Its methods are synchronous, and it evicts on its own. */
export interface LocalTier {
  /** Whether its limits leave room for any entry: an application may keep nothing in memory. */
  readonly hasRoom: boolean;
  get(recordKey: string, now: number): L1Entry | undefined;
  /** Stores an entry. Returns whether it does, because an entry may be larger than the limit of all entries. */
  hold(entry: L1Entry): boolean;
  /** Counts an entry that now takes `bytes`. */
  resize(entry: L1Entry, bytes: number): void;
  delete(recordKey: string): void;
  clear(): void;
  usage(cache: string): MemoryUsage;
  /** Returns how many entries of a cache were evicted since the start. */
  evictions(cache: string): EvictionCounts;
}

/** Receives the events of an invalidation channel, synchronously and in the order of the store. */
export interface ChannelListener {
  /** Called when any process, this one included, has announced (`intent`) or completed (`done`) a write. */
  onInvalidation(kind: 'intent' | 'done', recordKey: string): void;
  /** Called when messages may have been lost, so that no local data may be trusted. */
  onChannelLost(): void;
  /** Called when every message of changes acknowledged before `sentAt`, in milliseconds of the cache's clock, has arrived. */
  onHeartbeat(sentAt: number): void;
}
