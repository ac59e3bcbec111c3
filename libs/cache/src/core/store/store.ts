import type { PayloadForm } from '../codec/codec.js';
import type { Entry } from './entry.js';

/** Where an answer came from: L1 is the process, L2 is Redis. */
export type Tier = 'l1' | 'l2';

/** A slot as it was found. */
export interface RecordSnapshot {
  /** The text of the slot, or `null` when it is absent. */
  readonly text: string | null;
  /** How long the slot still lives, in milliseconds; 0 when it is absent, or has no end. */
  readonly ttlMs: number;
}

/**
 * The store behind the caches: one text a slot, changed only by these steps of the protocol. Slots are given by their complete
 * names; a tag is a slot too.
 *
 * Every method rejects when the store is away and settles within {@link deadlineMs}. A step that was sent may be carried
 * out later than its caller waits: each is harmless then.
 */
export interface RecordStore {
  readonly tier: Tier;

  /** Names the unbroken connection to one server: another after each reconnect; `undefined` while the store is away. */
  readonly session: string | undefined;

  /** Within how many milliseconds every step settles. */
  readonly deadlineMs: number;

  /**
   * All in one round trip: the slots with what is left of their lives, the tags with their texts, which may be cut where no
   * version is as long. In binary form a text has one byte in each character.
   */
  read(recordKeys: readonly string[], tags: readonly string[], form?: PayloadForm): Promise<StoreReading>;

  /**
   * The names of the slots that begin with `prefix`, page by page. Those that come or go meanwhile may be missed, and a name may come
   * twice. Not every store can.
   */
  scan?(prefix: string): AsyncIterable<readonly string[]>;

  /**
   * Takes the right to fill a slot that is absent or holds the value `invalidFillId`; answers whether it did. A right that arrives
   * after the deadline is given back.
   */
  acquire(recordKey: string, lease: Lease): Promise<boolean>;

  /** Stores `text` over a slot that begins with `expected`; answers whether it did. */
  fill(recordKey: string, fill: Fill): Promise<boolean>;

  /** Gives a lease back; with an error, others hold off for `retryMs`. */
  release(recordKey: string, token: string, backOff?: BackOff): Promise<void>;

  /** Puts `text` where the slot is absent, renews its life, and answers what stands there then, cut where no version is as long. */
  ensureTagVersion(recordKey: string, text: string, ttlMs: number): Promise<string>;

  /**
   * Takes the right to refresh a value that stays in its slot meanwhile. It spares the origin, no more: what is filled is decided
   * by {@link fill}.
   */
  acquireRefreshLock(recordKey: string, leaseMs: number): Promise<boolean>;
  releaseRefreshLock(recordKey: string): Promise<void>;

  intent(recordKey: string, token: string, lifeMs: number): Promise<void>;
  /** Answers whether the mark of the write stood until now; it can have run out, or been lost with the store. */
  done(recordKey: string, token: string): Promise<boolean>;
  /** Answers whether the value was stored; when it was not, the write is still to be ended without it. */
  doneWithValue(recordKey: string, token: string, value: StoredText): Promise<boolean>;
  invalidate(recordKey: string): Promise<void>;
}

export interface StoreReading {
  readonly records: readonly RecordSnapshot[];
  /** `null` where a tag is absent. */
  readonly tags: readonly (string | null)[];
}

export interface Lease {
  readonly token: string;
  readonly leaseMs: number;
  /** The value that the caller found to be invalid, if it found one. */
  readonly invalidFillId: string | undefined;
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

/** How much a process may hold for its caches. */
export interface MemoryBounds {
  readonly maxBytes: number;
  readonly maxEntries: number;
}

/** What a cache holds in the memory of the process. */
export interface MemoryUsage {
  readonly entries: number;
  readonly bytes: number;
}

/** An entry in the process. Times are milliseconds of the cache's clock. */
export interface L1Entry {
  readonly entry: Entry<unknown>;
  readonly loadedAt: number;
  readonly freshUntil: number;
  readonly swrUntil: number;
  readonly expiresAt: number;
  readonly tags: readonly L1Tag[];
}

/** A tag as this process knows it, and the version that an entry captured. They differ once the tag was invalidated. */
export interface L1Tag {
  readonly tag: { readonly version: string | undefined };
  readonly version: string;
}

/** The tier in front of the store. It answers at once and forgets on its own. */
export interface LocalTier {
  get(recordKey: string, now: number): L1Entry | undefined;
  set(recordKey: string, cache: string, entry: L1Entry): void;
  delete(recordKey: string): void;
  clear(): void;
  usage(cache: string): MemoryUsage;
}

/** What an invalidation channel tells. Both are called synchronously, in the order of the store. */
export interface ChannelListener {
  /** A write was announced (`intent`) or carried out (`done`) by anyone, this process included. */
  onInvalidation(kind: 'intent' | 'done', recordKey: string): void;
  /** Pushes may have been missed: nothing that is held may be trusted. */
  onChannelLost(): void;
  /** Everything acknowledged before `sentAt`, in milliseconds of the cache's clock, has been pushed. */
  onHeartbeat(sentAt: number): void;
}
