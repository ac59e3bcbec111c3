import type { Clock } from '../clock.js';
import type { CapturedTag } from '../store/record-format.js';
import type { ChannelListener, LocalTier } from '../store/store.js';
import { InFlightRead, InFlightReads } from './in-flight-reads.js';
import type { Observation } from '../observe/observation.js';
import { LocalTags } from './tag-versions.js';

const NONE: readonly never[] = [];

export interface CoherenceLimits {
  readonly maxStalenessMs: number;
  /** The most bytes of tag versions in memory. @default 8 MiB */
  readonly maxTagBytes?: number | undefined;
}

/** The invalidation channels of a store with several servers. */
export interface ServerChannels {
  /** Returns when the channel of the server of a record was verified last. */
  verifiedAt(recordKey: string): number;
  /** When the channel was verified last that was verified before all others. */
  readonly oldestVerifiedAt: number;
}

/**
 * Decides which local data may be served. L1, its tag versions and the reads that other callers may join are used only while
 * the channel is verified: every invalidation acknowledged until `maxStaleness` ago has provably arrived.
 *
 * Of several servers, a record may move to one whose channel this process does not receive yet. So local data is used only for half
 * of `maxStaleness` after its read began. An entry may rely on the version of a tag that is as old again.
 */
export class Coherence implements ChannelListener {
  readonly inFlightReads: InFlightReads;
  readonly tags: LocalTags;
  #verifiedAt = Number.NEGATIVE_INFINITY;
  #flushes = 0;
  /** Whether the channel was lost since the last heartbeat: each attempt to connect loses it again. */
  #isLost = false;
  #servers: ServerChannels | undefined;

  constructor(
    readonly local: LocalTier,
    private readonly clock: Clock,
    private readonly limits: CoherenceLimits,
    private readonly observation: Observation,
  ) {
    this.tags = new LocalTags(limits.maxTagBytes);
    this.inFlightReads = new InFlightReads(clock, () => this.#currentUntil());
  }

  /** Whether L1 may be read at `now`. */
  freshAt(now: number): boolean {
    return now - this.#verifiedAt < this.limits.maxStalenessMs;
  }

  /** Whether all local data may be read now. */
  get fresh(): boolean {
    return this.heartbeatAgeMs < this.limits.maxStalenessMs;
  }

  /** Verifies each record by the channel of its own server from now on. */
  useServers(servers: ServerChannels): void {
    this.#servers = servers;
    this.#verifiedAt = Number.POSITIVE_INFINITY;
  }

  /** Begins a read of tags, and of a record. */
  beginRead(tags: readonly string[], recordKey?: string): InFlightRead {
    return new InFlightRead(this.inFlightReads, tags, recordKey);
  }

  /** The result of a read is current for `maxStaleness`: from now, or from the last heartbeat while L1 is read. */
  #currentUntil(): number {
    const now = this.clock.now();
    const verifiedAt = this.freshAt(now) ? Math.min(this.#verifiedAt, now) : now;
    const { maxStalenessMs } = this.limits;
    return verifiedAt + (this.#servers ? maxStalenessMs / 2 : maxStalenessMs);
  }

  /** Until when the result of a read of these records may be used locally, besides the check of the channel. */
  usableUntil({ currentUntil }: InFlightRead, recordKey: string, tags: readonly CapturedTag[] = NONE): number {
    const servers = this.#servers;
    if (!servers) return Number.POSITIVE_INFINITY;
    const { maxStalenessMs } = this.limits;
    let until = Math.min(currentUntil, servers.verifiedAt(recordKey) + maxStalenessMs);
    for (const [tag] of tags) until = Math.min(until, servers.verifiedAt(tag) + maxStalenessMs);
    return until;
  }

  get flushes(): number {
    return this.#flushes;
  }

  /** Milliseconds since the last verified heartbeat was sent, of all servers. */
  get heartbeatAgeMs(): number {
    return this.clock.now() - (this.#servers?.oldestVerifiedAt ?? this.#verifiedAt);
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
    if (!this.#servers) this.#verifiedAt = Number.NEGATIVE_INFINITY;
    this.#dropAll();
    if (!this.#isLost) this.#flushes += 1;
    this.#isLost = true;
    this.observation.channelLost();
  }

  /** Drops all local copies: something may have changed any of them. */
  forgetAll(): void {
    this.#flushes += 1;
    this.#dropAll();
  }

  #dropAll(): void {
    this.local.clear();
    this.tags.clear();
    this.inFlightReads.preventSharingOfAll();
  }

  onHeartbeat(sentAt: number): void {
    // A late reply proves nothing newer than the time its heartbeat was sent.
    if (sentAt > this.#verifiedAt) this.#verifiedAt = sentAt;
    this.#isLost = false;
    this.observation.heartbeat(sentAt, this.#servers?.oldestVerifiedAt);
  }
}
