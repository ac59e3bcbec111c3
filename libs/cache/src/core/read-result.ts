import type { ReadDetail, ReadStatus } from './observe/read-outcome.js';
import type { Tier } from './store/store.js';

export type { ReadDetail, ReadStatus };

/** A value, with the JSON text that is sent as it is. Shared values are frozen. */
export interface Answer<V> {
  /** `undefined` if the value is absent. The trap: reading it may decode the stored text each time. */
  readonly value: V | undefined;
  /** The JSON text; `undefined` for a value that is absent, goes to its own caller only, or has another codec. */
  readonly json: string | undefined;
  /** The `ETag` field value. */
  readonly etag: string | undefined;
}

/** The result of a read, with everything that headers, logs and metrics report. */
export interface ReadResult<V> {
  readonly answer: Answer<V>;
  readonly status: ReadStatus;
  readonly detail: ReadDetail | undefined;
  /** The tier of a hit. */
  readonly tier: Tier | undefined;
  /** The remaining time of freshness, in milliseconds. Negative for a stale entry. */
  readonly ttlMs: number;
  /** The time since the load of the entry began, in milliseconds. */
  readonly ageMs: number;
  /** Whether this read found the value in the store, or stored it. */
  readonly stored: boolean;
  /** Identifies the only read that may receive the value, which is not stored; `undefined` when it may be shared. */
  readonly privateTo: object | undefined;
  /** Whether this read joined another read in flight. */
  readonly collapsed: boolean;
}
