import type { Entry } from '../store/entry.js';
import type { Freshness } from '../policy/lifetimes.js';
import type { RecordValue } from '../store/record-format.js';

/** A value that may be handed out: its tags are current, and no write of it is under way. */
export interface FoundValue<V> {
  readonly kind: 'value';
  readonly entry: Entry<V>;
  readonly stored: RecordValue;
  readonly ttlMs: number;
  readonly freshness: Freshness;
}

/** Nothing, or a value that was invalidated or is of an older schema, and may be replaced. */
export interface Missing {
  readonly kind: 'missing';
  readonly invalidFillId: string | undefined;
  /** Whether what stands there says nothing. */
  readonly unreadable?: boolean;
}

/** What a reader found in the store. */
export type LookupState<V> =
  | FoundValue<V>
  | Missing
  | { readonly kind: 'loading'; readonly ttlMs: number }
  | { readonly kind: 'failed'; readonly code: string }
  /** A value of a newer schema, or what is nobody's to replace: load, and store nothing. */
  | { readonly kind: 'newer'; readonly unreadable?: boolean }
  /** A write under way: load, and store nothing. */
  | { readonly kind: 'writing' };

/** A found slot with the versions that its tags had then; `undefined` where a tag is absent or being written. */
export interface LookupResult<V> {
  readonly state: LookupState<V>;
  readonly tags: readonly TagVersionResult[];
}

export interface TagVersionResult {
  readonly recordKey: string;
  readonly text: string | null;
  readonly version: string | undefined;
}

/** Whether what was found says nothing, which is a miss that somebody should hear of. */
export function isUnreadable(found: LookupState<unknown>): boolean {
  return (found.kind === 'missing' || found.kind === 'newer') && found.unreadable === true;
}
