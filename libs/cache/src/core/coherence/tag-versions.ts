import { stringBytes } from '../store/heap-bytes.js';
import type { MemoryUsage } from '../store/store.js';

/** The version of a tag in this process. L1 entries share the object: forgetting the version makes all of them unusable at once. */
export interface LocalTag {
  version: string | undefined;
  /** Until when the version may be used, in milliseconds of the cache's clock. */
  usableUntil: number;
  renewedAt: number;
  /** How long the tag lives in the store after `renewedAt`, in milliseconds. */
  lifeMs: number;
}

/** The heap of a tag without its name, in bytes: the object, its version, its place in the map. */
const TAG_BYTES = 200;
const DEFAULT_MAX_BYTES = 8 * 1024 * 1024;
/** However little memory the caches may use, the tags of a few hundred caches fit. */
const LEAST_MAX_BYTES = 64 * 1024;
/** Interval at which this process extends the life of a used tag in the store. */
const RENEWAL_MS = 60_000;

/**
 * Holds the tag versions that this process has read and that were not invalidated since.
 *
 * Tags that were used lately are young, the others old. When the young ones have half of the memory, the old ones are dropped, and
 * the young ones become old. A dropped tag makes its entries in L1 unusable, and costs one read of the store.
 */
export class LocalTags {
  readonly #maxBytes: number;
  #young = new Map<string, LocalTag>();
  #old = new Map<string, LocalTag>();
  #youngBytes = 0;
  #oldBytes = 0;

  constructor(maxBytes = DEFAULT_MAX_BYTES) {
    this.#maxBytes = Math.max(maxBytes, LEAST_MAX_BYTES);
  }

  get usage(): MemoryUsage {
    return { entries: this.#young.size + this.#old.size, bytes: this.#youngBytes + this.#oldBytes };
  }

  /** Returns the version, if it may be used at `now`. */
  version(recordKey: string, now = Number.NEGATIVE_INFINITY): string | undefined {
    const tag = this.#use(recordKey);
    return tag && now < tag.usableUntil ? tag.version : undefined;
  }

  /** Stores the version that was read. Returns the tag, for an entry to reference. No invalidation may have arrived since the read. */
  learn(recordKey: string, version: string, usableUntil = Number.POSITIVE_INFINITY): Readonly<LocalTag> {
    const tag = this.#use(recordKey) ?? this.#create(recordKey);
    tag.usableUntil = tag.version === version ? Math.max(tag.usableUntil, usableUntil) : usableUntil;
    tag.version = version;
    return tag;
  }

  /** Whether an entry that captures the tag now must extend its life in the store. If so, the caller extends it. */
  renewalDue(recordKey: string, now: number, lifeMs: number): boolean {
    const tag = this.#use(recordKey) ?? this.#create(recordKey);
    const due = lifeMs > tag.lifeMs || now - tag.renewedAt >= RENEWAL_MS;
    if (due) Object.assign(tag, { renewedAt: now, lifeMs: Math.max(lifeMs, tag.lifeMs) });
    return due;
  }

  /** Reverts {@link renewalDue}: the next entry that captures the tag extends its life. */
  renewalFailed(recordKey: string): void {
    const tag = this.#find(recordKey);
    if (tag) Object.assign(tag, { renewedAt: Number.NEGATIVE_INFINITY, lifeMs: 0 });
  }

  forget(recordKey: string): void {
    const tag = this.#find(recordKey);
    if (tag) tag.version = undefined;
  }

  clear(): void {
    this.#dropOld();
    this.#dropOld();
  }

  #find(recordKey: string): LocalTag | undefined {
    return this.#young.get(recordKey) ?? this.#old.get(recordKey);
  }

  /** Returns the tag, and makes it young. */
  #use(recordKey: string): LocalTag | undefined {
    const young = this.#young.get(recordKey);
    if (young) return young;
    const old = this.#old.get(recordKey);
    if (old) {
      this.#old.delete(recordKey);
      this.#oldBytes -= tagBytes(recordKey);
      this.#add(recordKey, old);
    }
    return old;
  }

  #create(recordKey: string): LocalTag {
    const tag: LocalTag = {
      version: undefined,
      usableUntil: Number.POSITIVE_INFINITY,
      renewedAt: Number.NEGATIVE_INFINITY,
      lifeMs: 0,
    };
    this.#add(recordKey, tag);
    return tag;
  }

  #add(recordKey: string, tag: LocalTag): void {
    const bytes = tagBytes(recordKey);
    if (this.#youngBytes + bytes > this.#maxBytes / 2) this.#dropOld();
    this.#young.set(recordKey, tag);
    this.#youngBytes += bytes;
  }

  #dropOld(): void {
    for (const tag of this.#old.values()) tag.version = undefined;
    this.#old = this.#young;
    this.#oldBytes = this.#youngBytes;
    this.#young = new Map();
    this.#youngBytes = 0;
  }
}

function tagBytes(recordKey: string): number {
  return TAG_BYTES + stringBytes(recordKey);
}
