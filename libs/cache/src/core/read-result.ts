import type { Tier } from './store/store.js';

/** How a read ended, from a closed set: also the label in metrics and logs. */
export type ReadStatus = 'hit' | 'miss' | 'stale' | 'negative' | 'bypass' | 'error';

/** Why an answer is stale, or passed the cache by. */
export type ReadDetail =
  'stale-while-revalidate' | 'stale-if-error' | 'write-intent' | 'unavailable' | 'pending' | 'within-write';

/** A value to hand out. What is stored has its JSON text too, to be replayed as it is. */
export interface Answer<V> {
  readonly value: V | undefined;
  readonly json: string | undefined;
  /** The field value of its `ETag`. */
  readonly etag: string | undefined;
}

/** What a read found and how, for those who have to tell: headers, logs, metrics. */
export interface ReadResult<V> {
  readonly answer: Answer<V>;
  readonly status: ReadStatus;
  readonly detail: ReadDetail | undefined;
  /** Where a hit was found. */
  readonly tier: Tier | undefined;
  /** How long the entry stays fresh, in milliseconds; negative once it is stale. */
  readonly ttlMs: number;
  /** How long ago the load of the entry began, in milliseconds. */
  readonly ageMs: number;
  /** Whether this read found the value stored or stored it. */
  readonly stored: boolean;
  /** The loader of the one caller whom it may answer: what is for its caller only is not stored. `undefined`: it is for everybody. */
  readonly privateTo: (() => Promise<V | undefined>) | undefined;
  /** Whether this read shared the load of another. */
  readonly collapsed: boolean;
}
