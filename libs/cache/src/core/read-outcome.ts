import type { Tier } from './ports.js';

/** How a read ended, from a closed set: also the label in metrics and logs. */
export type ReadResult = 'hit' | 'miss' | 'stale' | 'negative' | 'bypass' | 'error';

/** A value to hand out. What is stored has its JSON text too, to be replayed as it is. */
export interface Answer<V> {
  readonly value: V;
  readonly json: string | undefined;
  readonly etag: string | undefined;
}

/** What a read found and how, for those who have to tell: headers, logs, metrics. */
export interface ReadOutcome<V> {
  readonly answer: Answer<V>;
  readonly result: ReadResult;
  /** Where a hit was found. */
  readonly tier: Tier | undefined;
  /** How long the entry may still be served, in milliseconds. */
  readonly ttlMs: number;
  /** How long ago the load of the entry began, in milliseconds. */
  readonly ageMs: number;
  /** Whether this read found the value stored or stored it. */
  readonly stored: boolean;
  /** Whether this read shared the load of another. */
  readonly collapsed: boolean;
}
