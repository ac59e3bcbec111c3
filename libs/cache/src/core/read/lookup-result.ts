import type { Entry } from '../store/entry.js';
import type { Freshness } from '../policy/lifetimes.js';
import type { RecordValue } from '../store/record-format.js';
import type { MissCause } from '../observe/miss-log.js';

/** A value that may be served: its tags are current, and no write of it is in progress. */
export interface FoundValue<V> {
  readonly kind: 'value';
  readonly entry: Entry<V>;
  readonly stored: RecordValue;
  readonly ttlMs: number;
  readonly freshness: Freshness;
}

/** No value, or a record that may be replaced: it was invalidated, has an older schema version, or lives longer than it may. */
export interface Missing {
  readonly kind: 'missing';
  /** How the record begins that may be replaced. */
  readonly replaces: string | undefined;
  /** Whether the lookup holds the lease that it was to take. */
  readonly acquired: boolean;
  /** Whether the record is corrupt or foreign. */
  readonly unreadable?: boolean;
  /** Why the value of the record may not be served; `undefined` for a record without a value. */
  readonly cause?: MissCause | undefined;
}

/** The state of a record, as a lookup found it. */
export type LookupState<V> =
  | FoundValue<V>
  | Missing
  | { readonly kind: 'loading'; readonly unreadable?: never }
  | { readonly kind: 'failed'; readonly code: string; readonly unreadable?: never }
  /** A value of a newer schema version, or a foreign record that must not be replaced: load, and store nothing. */
  | { readonly kind: 'newer'; readonly unreadable?: boolean; readonly cause?: MissCause | undefined }
  /** A write in progress: load, and store nothing. */
  | { readonly kind: 'writing'; readonly unreadable?: never };

/** The state of a record with the versions of its tags at that moment. */
export interface LookupResult<V> {
  readonly state: LookupState<V>;
  readonly tags: readonly TagVersionResult[];
}

export interface TagVersionResult {
  readonly recordKey: string;
  /** The record; `null` when it is absent, or when the version comes from L1. */
  readonly text: string | null;
  /** `undefined` while the tag is absent or being written. */
  readonly version: string | undefined;
}
