import type { Clock } from '../clock.js';
import type { ChannelListener, LocalTier } from '../store/store.js';
import { InFlightReads } from './in-flight-reads.js';
import type { CacheObserver } from './observer.js';
import { LocalTags } from './tag-versions.js';

/**
 * Decides which local data may be served. L1, its tag versions and the reads that other callers may join are used only while
 * the channel is verified: every invalidation acknowledged until `maxStaleness` ago has provably arrived.
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

  /** Returns the time up to which a read that begins now includes all writes. It may use tag versions of a trusted L1. */
  get verifiedUntil(): number {
    const now = this.clock.now();
    return this.freshAt(now) ? Math.min(this.#verifiedAt, now) : now;
  }

  /** Whether a result verified up to `verifiedUntil` may still be served at `now`. */
  isWithin(verifiedUntil: number, now: number): boolean {
    return now - verifiedUntil < this.maxStalenessMs;
  }

  get flushes(): number {
    return this.#flushes;
  }

  /** Milliseconds since the last verified heartbeat was sent. */
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
    // A late reply proves nothing newer than the time its heartbeat was sent.
    if (sentAt > this.#verifiedAt) this.#verifiedAt = sentAt;
  }
}
