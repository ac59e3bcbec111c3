import type { PayloadForm } from '../codec/codec.js';
import type { Look } from './look.js';
import type { StoreReading } from '../store/store.js';
import type { RecordRef } from '../store/redis-keys.js';

/** How long a read waits for a load of another process unless it is told otherwise, in milliseconds. */
export const PATIENCE_MS = 5_000;
/** The same within a load, where two that read each other's keys would wait for ever. */
export const NESTED_PATIENCE_MS = 250;

/** One read, with everything that decides it. */
export interface ReadRequest<V> {
  readonly record: RecordRef;
  /** The slots of every tag: the namespace's, the cache's and the key's own, in this order. */
  readonly tags: readonly string[];
  readonly load: () => Promise<V | undefined>;
  /** What loads it anew behind its reader's back; `load`, unless it is given. */
  readonly loadInBackground?: (() => Promise<V | undefined>) | undefined;
  /** Not older than the newest write acknowledged before the read began, whichever process made it: skips L1, joins nothing. */
  readonly strong: boolean;
  /** How long to wait for a load that another process is doing, in milliseconds. */
  readonly patienceMs: number;
  /** What was seen of its slot already. */
  readonly look?: Look<V> | undefined;
  /** What it is made as one with; `undefined` for a read on its own. */
  readonly batch?: ReadBatch<V> | undefined;
}

/** Reads that are made as one, as each of them sees it. */
export interface ReadBatch<V> {
  read(recordKeys: readonly string[], tags: readonly string[], form: PayloadForm): Promise<StoreReading>;
  /** Waits for what is in the hands of others. The batch does not wait for this read meanwhile. */
  suspendWhile<T>(waiting: Promise<T>): Promise<T>;
  /** Sleeps for about `ms` milliseconds, and wakes together with the others that sleep. */
  sleep(ms: number): Promise<void>;
  /** Runs `work` for a read whose entry is loaded behind its reader's back, as part of a batch that does only that. */
  inBackground<T>(request: ReadRequest<V>, work: (behind: ReadRequest<V>) => Promise<T>): Promise<T>;
}
