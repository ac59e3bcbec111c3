/** A tag as this process knows it. Entries in L1 hold it by reference: a forgotten version makes them all unusable at once. */
export interface LocalTag {
  version: string | undefined;
  renewedAt: number;
  /** How long it lives in the store from then on, in milliseconds. */
  lifeMs: number;
}

const MOST_TAGS = 100_000;
/** Once a minute is often enough for the store to know a tag as one that is used. */
const RENEWAL_MS = 60_000;

/** The versions of tags that this process has read and not heard to be invalidated since. */
export class LocalTags {
  readonly #tags = new Map<string, LocalTag>();

  version(recordKey: string): string | undefined {
    return this.#tags.get(recordKey)?.version;
  }

  /** Notes what was read, and answers the tag for an entry to hold. The caller has made sure that no push for it fell in between. */
  learn(recordKey: string, version: string): Readonly<LocalTag> {
    const tag = this.#tags.get(recordKey) ?? this.#add(recordKey);
    tag.version = version;
    return tag;
  }

  /** Whether the tag is to live longer in the store for an entry that captures it now; the caller sees to it then. */
  renewalDue(recordKey: string, now: number, lifeMs: number): boolean {
    const tag = this.#tags.get(recordKey) ?? this.#add(recordKey);
    const due = lifeMs > tag.lifeMs || now - tag.renewedAt >= RENEWAL_MS;
    if (due) Object.assign(tag, { renewedAt: now, lifeMs: Math.max(lifeMs, tag.lifeMs) });
    return due;
  }

  /** The store did not make it live longer: the next one to capture it sees to that. */
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
    // More tags than this are not worth an order of eviction: to forget them all costs a read of the store each.
    if (this.#tags.size >= MOST_TAGS) this.clear();
    const tag: LocalTag = { version: undefined, renewedAt: Number.NEGATIVE_INFINITY, lifeMs: 0 };
    this.#tags.set(recordKey, tag);
    return tag;
  }
}
