import type { Entry } from './entry.js';

/** Where an answer came from: L1 is the process, L2 is Redis. */
export type Tier = 'l1' | 'l2';

/** The place of one entry: its complete name, and the cache it belongs to. */
export interface Slot {
  readonly cache: string;
  readonly name: string;
}

/** A slot as it was found, with the tags its reader asked about, all seen in one round trip. */
export interface SlotSnapshot {
  /** The text of the slot, or `null` when it is absent. */
  readonly text: string | null;
  /** How long the slot still lives, in milliseconds. */
  readonly ttlMs: number;
  /** The version of each tag asked about, in order; `null` where it is absent. */
  readonly tagVersions: readonly (string | null)[];
}

/**
 * The store behind the caches: one text per slot, one version per tag. Tag names arrive complete, like slot names.
 *
 * Every method rejects when the store is away, and settles within the store's own deadline.
 */
export interface SlotStore {
  readonly tier: Tier;
  read(slot: Slot, tags: readonly string[]): Promise<SlotSnapshot>;
  write(slot: Slot, text: string, ttlMs: number): Promise<void>;
  delete(slot: Slot): Promise<void>;
  /** Puts `version` where the tag is absent, and answers the version that stands then. */
  createTag(tag: string, version: string): Promise<string>;
  /** Puts `version` in place of any other, which invalidates every entry that captured another. */
  replaceTag(tag: string, version: string): Promise<void>;
}

/** An entry in the process, with the times it was admitted with, in milliseconds of the cache's clock. */
export interface LocalEntry {
  readonly entry: Entry<unknown>;
  readonly loadedAt: number;
  /** When its time in the store ends, which is what its readers are told. */
  readonly endsAt: number;
  /** When the process forgets it. */
  readonly expiresAt: number;
}

/** The tier in front of a shared store. It answers at once and forgets on its own. */
export interface LocalTier {
  get(slot: Slot): LocalEntry | undefined;
  set(slot: Slot, entry: LocalEntry): void;
  delete(slot: Slot): void;
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
