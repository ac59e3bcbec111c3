import type { Clock } from '../clock.js';
import type { ChannelListener, LocalTier } from '../store/store.js';
import { InFlightReads } from './in-flight-reads.js';
import type { CacheObserver } from './observer.js';
import { LocalTags } from './tag-versions.js';

/**
 * What this process may believe of what it holds. L1, the tag versions in it and the flights that others may join are trusted
 * only while the fence is fresh: while it is proved that every invalidation acknowledged until `maxStaleness` ago was heard.
 */
export class Coherence implements ChannelListener {
  readonly inFlightReads = new InFlightReads();
  readonly tags = new LocalTags();
  #verifiedAt = Number.NEGATIVE_INFINITY;
  #flushes = 0;

  constructor(
    readonly local: LocalTier,
    private readonly clock: Clock,
    private readonly maxStalenessMs: number,
    private readonly observer?: CacheObserver,
  ) {}

  /** Whether L1 may be read at `now`. */
  freshAt(now: number): boolean {
    return now - this.#verifiedAt < this.maxStalenessMs;
  }

  get fresh(): boolean {
    return this.freshAt(this.clock.now());
  }

  /** Up to when a read that begins now knows of all writes: it takes tag versions from L1 while that is trusted. */
  get verifiedUntil(): number {
    const now = this.clock.now();
    return this.freshAt(now) ? Math.min(this.#verifiedAt, now) : now;
  }

  /** Whether an answer with evidence of `evidenceAt` may still be given at `now`. */
  isWithin(evidenceAt: number, now: number): boolean {
    return now - evidenceAt < this.maxStalenessMs;
  }

  get flushes(): number {
    return this.#flushes;
  }

  /** How long ago the last fence was sent, in milliseconds. */
  get heartbeatAgeMs(): number {
    return this.clock.now() - this.#verifiedAt;
  }

  onInvalidation(kind: 'intent' | 'done', recordKey: string): void {
    this.local.delete(recordKey);
    this.tags.forget(recordKey);
    this.observer?.invalidated(recordKey);
    if (kind === 'done') this.inFlightReads.preventSharing(recordKey);
    else this.inFlightReads.preventCaching(recordKey);
  }

  onChannelLost(): void {
    this.#verifiedAt = Number.NEGATIVE_INFINITY;
    this.#flushes += 1;
    this.local.clear();
    this.tags.clear();
    this.observer?.invalidatedAll();
    this.inFlightReads.preventSharingOfAll();
  }

  onHeartbeat(sentAt: number): void {
    // An answer may be late: it proves nothing newer than the moment it was asked for.
    if (sentAt > this.#verifiedAt) this.#verifiedAt = sentAt;
  }
}
