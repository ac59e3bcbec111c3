import type { Clock } from '../clock.js';
import type { ChannelListener, LocalTier } from '../store/store.js';
import { type InFlightRead, InFlightReads } from './in-flight-reads.js';
import type { Observation } from '../observe/observation.js';
import { LocalTags } from './tag-versions.js';

export interface CoherenceLimits {
  readonly maxStalenessMs: number;
  /** The most bytes of tag versions in memory. @default 8 MiB */
  readonly maxTagBytes?: number | undefined;
}

/**
 * Decides which local data may be served. L1, its tag versions and the reads that other callers may join are used only while
 * the channel is verified: every invalidation acknowledged until `maxStaleness` ago has provably arrived.
 */
export class Coherence implements ChannelListener {
  readonly inFlightReads: InFlightReads;
  readonly tags: LocalTags;
  #verifiedAt = Number.NEGATIVE_INFINITY;
  #flushes = 0;

  constructor(
    readonly local: LocalTier,
    private readonly clock: Clock,
    private readonly limits: CoherenceLimits,
    private readonly observation: Observation,
  ) {
    this.tags = new LocalTags(limits.maxTagBytes);
    this.inFlightReads = new InFlightReads(clock);
  }

  /** Whether L1 may be read at `now`. */
  freshAt(now: number): boolean {
    return now - this.#verifiedAt < this.limits.maxStalenessMs;
  }

  get fresh(): boolean {
    return this.freshAt(this.clock.now());
  }

  /** Begins a read. Its result is current for `maxStaleness`: from now, or from the last heartbeat while L1 is read. */
  beginRead(tags: readonly string[], recordKey?: string): InFlightRead {
    const now = this.clock.now();
    const verifiedAt = this.freshAt(now) ? Math.min(this.#verifiedAt, now) : now;
    return this.inFlightReads.begin(verifiedAt + this.limits.maxStalenessMs, tags, recordKey);
  }

  get flushes(): number {
    return this.#flushes;
  }

  /** Milliseconds since the last verified heartbeat was sent. */
  get heartbeatAgeMs(): number {
    return this.clock.now() - this.#verifiedAt;
  }

  onInvalidation(kind: 'intent' | 'done', recordKey: string): void {
    this.observation.received(kind, recordKey);
    this.#drop(kind, recordKey);
  }

  /** Drops the local copies of a record that this process has written. */
  forget(recordKey: string): void {
    this.#drop('done', recordKey);
  }

  #drop(kind: 'intent' | 'done', recordKey: string): void {
    this.local.delete(recordKey);
    this.tags.forget(recordKey);
    this.observation.dropped(kind, recordKey);
    if (kind === 'done') this.inFlightReads.preventSharing(recordKey);
    else this.inFlightReads.preventCaching(recordKey);
  }

  onChannelLost(): void {
    this.#verifiedAt = Number.NEGATIVE_INFINITY;
    this.forgetAll();
    this.observation.channelLost();
  }

  /** Drops all local copies: something may have changed any of them. */
  forgetAll(): void {
    this.#flushes += 1;
    this.local.clear();
    this.tags.clear();
    this.inFlightReads.preventSharingOfAll();
  }

  onHeartbeat(sentAt: number): void {
    // A late reply proves nothing newer than the time its heartbeat was sent.
    if (sentAt > this.#verifiedAt) this.#verifiedAt = sentAt;
    this.observation.heartbeat(sentAt);
  }
}
