/** The version of a tag in this process. L1 entries share the object: forgetting the version makes all of them unusable at once. */
export interface LocalTag {
  version: string | undefined;
  renewedAt: number;
  /** How long the tag lives in the store after `renewedAt`, in milliseconds. */
  lifeMs: number;
}

const MAX_TAGS = 100_000;
/** Interval at which this process extends the life of a used tag in the store. */
const RENEWAL_MS = 60_000;

/** Holds the tag versions that this process has read and that were not invalidated since. */
export class LocalTags {
  readonly #tags = new Map<string, LocalTag>();

  version(recordKey: string): string | undefined {
    return this.#tags.get(recordKey)?.version;
  }

  /** Stores the version that was read. Returns the tag, for an entry to reference. No invalidation may have arrived since the read. */
  learn(recordKey: string, version: string): Readonly<LocalTag> {
    const tag = this.#tags.get(recordKey) ?? this.#add(recordKey);
    tag.version = version;
    return tag;
  }

  /** Whether an entry that captures the tag now must extend its life in the store. If so, the caller extends it. */
  renewalDue(recordKey: string, now: number, lifeMs: number): boolean {
    const tag = this.#tags.get(recordKey) ?? this.#add(recordKey);
    const due = lifeMs > tag.lifeMs || now - tag.renewedAt >= RENEWAL_MS;
    if (due) Object.assign(tag, { renewedAt: now, lifeMs: Math.max(lifeMs, tag.lifeMs) });
    return due;
  }

  /** Reverts {@link renewalDue}: the next entry that captures the tag extends its life. */
  renewalFailed(recordKey: string): void {
    const tag = this.#tags.get(recordKey);
    if (tag) Object.assign(tag, { renewedAt: Number.NEGATIVE_INFINITY, lifeMs: 0 });
  }

  forget(recordKey: string): void {
    const tag = this.#tags.get(recordKey);
    if (tag) tag.version = undefined;
  }

  clear(): void {
    for (const tag of this.#tags.values()) tag.version = undefined;
    this.#tags.clear();
  }

  #add(recordKey: string): LocalTag {
    // Evicting in order is not worth its cost here: clearing costs one read of the store per tag.
    if (this.#tags.size >= MAX_TAGS) this.clear();
    const tag: LocalTag = { version: undefined, renewedAt: Number.NEGATIVE_INFINITY, lifeMs: 0 };
    this.#tags.set(recordKey, tag);
    return tag;
  }
}
