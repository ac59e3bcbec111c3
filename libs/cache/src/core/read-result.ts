import type { Tier } from './store/store.js';

/** The outcome of a read, also for logs and metrics. */
export type ReadStatus = 'hit' | 'miss' | 'stale' | 'negative' | 'bypass' | 'error';

/** Why a read returned a stale value or bypassed the cache. */
export type ReadDetail =
  'stale-while-revalidate' | 'stale-if-error' | 'write-intent' | 'unavailable' | 'pending' | 'within-write';

/** The value of a read. A stored value has its JSON text too, so that a response can be sent without encoding it again. */
export interface Answer<V> {
  /** `undefined` if the value is absent. The trap: reading it may decode the stored text each time. */
  readonly value: V | undefined;
  /** The JSON text; `undefined` for a value that is absent, was not stored, or has another codec. */
  readonly json: string | undefined;
  /** The field value of `ETag`. */
  readonly etag: string | undefined;
}

/** The value and the outcome of a read, for headers, logs and metrics. */
export interface ReadResult<V> {
  readonly answer: Answer<V>;
  readonly status: ReadStatus;
  readonly detail: ReadDetail | undefined;
  /** The tier that served the value; `undefined` if the value was loaded. */
  readonly tier: Tier | undefined;
  /** How long the entry stays fresh, in milliseconds; negative once it is stale. */
  readonly ttlMs: number;
  /** How long ago the load of the entry began, in milliseconds. */
  readonly ageMs: number;
  /** Whether the store has the value, because this read found or stored it there. */
  readonly stored: boolean;
  /** The loader of the only caller that may receive the value. It is not stored. `undefined` if all callers may receive the value. */
  readonly privateTo: (() => Promise<V | undefined>) | undefined;
  /** Whether this read shared the load of another read. */
  readonly collapsed: boolean;
}
