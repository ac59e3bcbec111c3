import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Tier } from '../store/store.js';
import type { JournalEntry } from './journal-entry.js';
import type { LoadOutcome, NotStoredReason, ReadDetail, ReadStatus } from './read-outcome.js';

/** A read has ended. */
export interface ReadEvent {
  readonly cache: string;
  /** The complete key of the record in the store. */
  readonly recordKey: string;
  readonly result: ReadStatus;
  readonly detail: ReadDetail | undefined;
  /** The tier of a hit. */
  readonly tier: Tier | undefined;
  /** Whether the read was answered with the result of another read. */
  readonly collapsed: boolean;
  /** `undefined` for a hit in memory, which is not timed. */
  readonly durationMs: number | undefined;
}

/** A call of a loader has ended, or a read has waited for the load of another instance. */
export interface LoadEvent {
  readonly cache: string;
  /** The complete keys of the records. */
  readonly recordKeys: readonly string[];
  /** `awaited` if another instance loaded the value. */
  readonly outcome: LoadOutcome | 'awaited';
  readonly durationMs: number;
}

/** A loaded value was stored, or could not be. */
export interface StoreEvent {
  readonly cache: string;
  readonly recordKey: string;
  /** Why the value was not stored; `undefined` if it was. */
  readonly notStored: NotStoredReason | undefined;
}

/** A change of what this process may serve from its memory. */
export type CoherenceEvent =
  /** A message of the invalidation channel. The messages of this process are among them. */
  | { readonly kind: 'invalidated'; readonly step: 'intent' | 'done'; readonly recordKey: string }
  /** Messages may have been lost, and L1 was flushed. */
  | { readonly kind: 'channel-lost' }
  /** A heartbeat has passed the channel, `lagMs` after it was sent. */
  | { readonly kind: 'heartbeat'; readonly lagMs: number };

/** The messages of the channels `nuthatch:cache:<name>` of `node:diagnostics_channel`, by name. */
export interface CacheEvents {
  readonly read: ReadEvent;
  readonly load: LoadEvent;
  readonly store: StoreEvent;
  /** A write or an invalidation of this process has ended. */
  readonly invalidate: JournalEntry;
  readonly coherence: CoherenceEvent;
}

type Channels = {
  readonly [Name in keyof CacheEvents]: { readonly hasSubscribers: boolean; publish(message: CacheEvents[Name]): void };
};

/** Where the core publishes. The trap: check `hasSubscribers` first, so that no message is made in vain. */
export const events: Channels = {
  read: channel('nuthatch:cache:read'),
  load: channel('nuthatch:cache:load'),
  store: channel('nuthatch:cache:store'),
  invalidate: channel('nuthatch:cache:invalidate'),
  coherence: channel('nuthatch:cache:coherence'),
};

/**
 * Calls `listener` for each event of one kind, of all caches of the process, synchronously and in the async context of its cause.
 * Returns a function that removes the listener.
 *
 * The trap: the operation waits for the listener. An error that the listener throws does not reach the operation: Node reports it as
 * an uncaught exception.
 *
 * @example
 * const stop = onCacheEvent('load', ({ cache, durationMs }) => slowest.set(cache, durationMs));
 */
export function onCacheEvent<Name extends keyof CacheEvents>(
  name: Name,
  listener: (event: CacheEvents[Name]) => void,
): () => void {
  // Only this library publishes on these channels.
  const receive = (message: unknown): void => listener(message as CacheEvents[Name]);
  const channelName = `nuthatch:cache:${name}`;
  subscribe(channelName, receive);
  return () => void unsubscribe(channelName, receive);
}
