import { ABSENT, type Entry, L1Entry, type L1Tag } from '../store/entry.js';
import type { FoundValue } from './lookup-result.js';
import type { ReadResult } from '../read-result.js';
import type { RecordRef } from '../store/redis-keys.js';
import type { InFlightRead } from '../coherence/in-flight-reads.js';
import type { CapturedTag } from '../store/record-format.js';
import type { CacheRuntime } from '../cache-runtime.js';
import type { Counters } from '../counters.js';

/** L1 of one cache: decides which entries may be read from it and which may enter it. */
export class L1<V> {
  #latestTags: readonly L1Tag[] = [];
  #latestCaptured: readonly CapturedTag[] | undefined;

  constructor(
    private readonly runtime: CacheRuntime,
    private readonly counters: Pick<Counters, 'tiers'>,
  ) {}

  /** Returns the entry while the channel is verified, its tags are current, and it may be served. */
  get(recordKey: string, now: number): L1Entry<V> | undefined {
    const { coherence } = this.runtime;
    // The record key contains the name of the cache, which is unique: the entry belongs to this cache.
    const found = coherence.local.get(recordKey, now) as L1Entry<V> | undefined;
    if (!found || !coherence.freshAt(now)) return undefined;
    for (const tag of found.tags) if (!isCurrent(tag)) return undefined;
    return found;
  }

  /** Returns an entry as the result of a read at `now`. */
  resultOf({ entry, freshUntil, loadedAt }: L1Entry<V>, now: number): ReadResult<V> {
    return readResult(entry, { ttlMs: freshUntil - now, ageMs: now - loadedAt, tier: 'l1' });
  }

  /** Returns a value from the store as the result of a read. */
  resultOfFetched({ entry, stored, ttlMs }: FoundValue<V>): ReadResult<V> {
    const ageMs = Math.max(0, stored.expiryMs - ttlMs);
    return readResult(entry, { ttlMs: ttlMs - stored.freshUntilMs, ageMs, tier: this.runtime.store.tier });
  }

  putFetched(record: RecordRef, { entry, stored, ttlMs }: FoundValue<V>, inFlightRead: InFlightRead): void {
    this.runtime.observation.misses.stored(record.key, ttlMs);
    const { tags, expiryMs, freshUntilMs, swrUntilMs } = stored;
    // Bounded by the lifetime of the entry, so that a foreign PERSIST prolongs nothing.
    const swrMs = Math.min(ttlMs, expiryMs) - swrUntilMs;
    const times = { ageMs: expiryMs - ttlMs, freshMs: ttlMs - freshUntilMs, swrMs };
    if (this.put(record, { entry, tags, ...times }, inFlightRead)) entry.leaveRecord();
  }

  /** Keeps an entry in memory, unless a message has outdated it since its read began. Returns whether it does. */
  put(record: RecordRef, { entry, tags, ageMs, freshMs, swrMs }: L1Admission<V>, inFlightRead: InFlightRead): boolean {
    const { coherence, clock } = this.runtime;
    const { local } = coherence;
    if (!local.hasRoom || inFlightRead.cachingPrevented) return false;
    const now = clock.now();
    const usableUntil = coherence.usableUntil(inFlightRead, record.key, tags);
    if (usableUntil <= now) return false;
    const life = {
      loadedAt: now - ageMs,
      freshUntil: now + freshMs,
      // A value that only `staleIfError` allows is served from the store.
      expiresAt: Math.min(now + swrMs, usableUntil),
      tags: this.#tagsOf(tags, usableUntil),
    };
    const held = new L1Entry(record, entry, life, local);
    if (!local.hold(held)) return false;
    this.counters.tiers.l1.puts += 1;
    if (entry !== ABSENT) entry.holder = held;
    return true;
  }

  /** Entries with the same tags share one list, which would otherwise take a third of the memory of a known absence. */
  #tagsOf(captured: readonly CapturedTag[], usableUntil: number): readonly L1Tag[] {
    const { tags } = this.runtime.coherence;
    if (captured === this.#latestCaptured && this.#latestTags.every(isCurrent)) return this.#latestTags;
    this.#latestCaptured = captured;
    // No message for these tags has arrived since the read began, so these versions are current.
    const own = captured.map(([tag, version]) => ({ tag: tags.learn(tag, version, usableUntil), version }));
    const latest = this.#latestTags;
    const isSame =
      own.length === latest.length &&
      own.every(({ tag, version }, place) => tag === latest[place]?.tag && version === latest[place].version);
    if (!isSame) this.#latestTags = own;
    return this.#latestTags;
  }
}

interface L1Admission<V> {
  readonly entry: Entry<V>;
  readonly tags: readonly CapturedTag[];
  /** The time since its load began, in milliseconds. The next two are the times that are left. */
  readonly ageMs: number;
  readonly freshMs: number;
  /** How long it may be served while it is refreshed. L1 does not keep it for longer. */
  readonly swrMs: number;
}

function isCurrent({ tag, version }: L1Tag): boolean {
  return tag.version === version;
}

/** Returns a found entry as the result of a read. */
function readResult<V>(
  entry: Entry<V>,
  { ttlMs, ageMs, tier }: Pick<ReadResult<V>, 'ttlMs' | 'ageMs' | 'tier'>,
): ReadResult<V> {
  const negative = entry === ABSENT;
  const stale = ttlMs <= 0;
  return {
    answer: entry,
    status: negative ? 'negative' : stale ? 'stale' : 'hit',
    detail: stale && !negative ? 'stale-while-revalidate' : undefined,
    tier,
    ttlMs,
    ageMs,
    stored: true,
    privateTo: undefined,
    collapsed: false,
  };
}
