import type { LookupResult } from './lookup-result.js';
import type { RecordRef } from '../store/redis-keys.js';

/** How long a read waits for a load of another process by default, in milliseconds. */
export const PATIENCE_MS = 5_000;
/** The same within a load, where two loads that read each other's keys would wait forever. */
export const NESTED_PATIENCE_MS = 250;

/** Loads a value from the origin; `undefined` when there is none. */
export type Load<V> = () => Promise<V | undefined>;

/** One read, with everything that decides it. */
export interface ReadRequest<V> {
  readonly record: RecordRef;
  /** The record keys of all tags: the namespace's, the cache's and the entry's own, in this order. */
  readonly tags: readonly string[];
  readonly load: Load<V>;
  /** Called when the read starts a background refresh, before it resolves. Returns the loader of that refresh. @default {@link load} */
  readonly refreshLoad?: (() => Load<V>) | undefined;
  /** Whether the caller needs the JSON text only, so that the value need not be decoded. @default false */
  readonly textOnly?: boolean | undefined;
  /** Not older than the newest write acknowledged before the read began, in any process. Skips L1 and joins no flight. */
  readonly strong: boolean;
  /** How long to wait for a load of another process, in milliseconds. */
  readonly patienceMs: number;
  /** What a lookup has found, nothing having been awaited since. The read begins with it. */
  readonly found?: FoundAhead<V> | undefined;
  /** The batch that the read belongs to; `undefined` for a read on its own. */
  readonly batch?: ReadBatch<V> | undefined;
}

/** A lookup ahead of the read of its entry. */
export interface FoundAhead<V> {
  readonly result: LookupResult<V>;
  /** The token of the lease that the lookup acquired, if it did. */
  readonly token: string;
}

/** Reads that share a call of the origin, as each of them sees the batch. */
export interface ReadBatch<V> {
  /** Whether the store did not answer the lookup of the batch. */
  readonly storeFailed: boolean;
  /** Waits for work of others. The batch does not wait for this read meanwhile. */
  suspendWhile<T>(waiting: Promise<T>): Promise<T>;
  /** Sleeps for about `ms` milliseconds, and wakes together with the other sleeping reads. */
  sleep(ms: number): Promise<void>;
  /** Runs `work` for a read whose entry is refreshed in the background, in a batch of such reads. */
  inBackground<T>(request: ReadRequest<V>, work: (background: ReadRequest<V>) => Promise<T>): Promise<T>;
}
