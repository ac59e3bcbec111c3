import type { Clock } from '../clock.js';
import type { RedisKeys, RecordKind } from '../store/redis-keys.js';
import { events } from './events.js';
import { Histogram } from '../histogram.js';
import { type Invalidated, Journal, type JournalNote } from './journal.js';
import { HotKeys } from './hot-keys.js';
import { MissLog } from './miss-log.js';
import type { CacheObserver } from './observer.js';

/** Who has invalidated a record or a tag: a write of this process, or a message of the channel. Own messages return on the channel. */
export type InvalidationOrigin = 'local' | 'channel';

/** The number of invalidated records and tags, by their origin and kind. */
export type InvalidationCounts = Readonly<Record<InvalidationOrigin, Readonly<Record<RecordKind, number>>>>;

/** Records what happens to the entries of this process, for people who look at it. Nothing here decides about a read or a write. */
export class Observation {
  readonly journal: Journal;
  readonly misses: MissLog;
  readonly hotKeys: HotKeys;
  /** From the time a heartbeat was sent until all messages before it had arrived: no invalidation took longer meanwhile. */
  readonly channelLag = new Histogram();
  readonly #invalidations = { local: newCounts(), channel: newCounts() };

  constructor(
    private readonly clock: Clock,
    private readonly keys: RedisKeys,
    actor: () => string | undefined = unknownActor,
    /** Receives the same, for diagnostics of its own. */
    readonly detector?: CacheObserver,
  ) {
    this.journal = new Journal(clock, actor);
    this.misses = new MissLog(clock);
    this.hotKeys = new HotKeys(clock);
  }

  get invalidations(): InvalidationCounts {
    return { local: { ...this.#invalidations.local }, channel: { ...this.#invalidations.channel } };
  }

  /** A message of the channel has arrived. */
  received(step: 'intent' | 'done', recordKey: string): void {
    if (step === 'done') this.#invalidations.channel[this.keys.kindOf(recordKey)] += 1;
    if (events.coherence.hasSubscribers) events.coherence.publish({ kind: 'invalidated', step, recordKey });
  }

  /** The local copies of a record or a tag were dropped. */
  dropped(step: 'intent' | 'done', recordKey: string): void {
    if (step === 'done') this.misses.invalidated(recordKey);
    this.detector?.invalidated(recordKey);
  }

  channelLost(): void {
    this.journal.unverified();
    this.detector?.invalidatedAll();
    if (events.coherence.hasSubscribers) events.coherence.publish({ kind: 'channel-lost' });
  }

  /** All messages from before `verifiedUntil` have arrived, and those of one server from before `sentAt`. */
  heartbeat(sentAt: number, verifiedUntil = sentAt): void {
    this.journal.verified(verifiedUntil);
    const lagMs = this.clock.now() - sentAt;
    // Without Redis, messages never have a lag.
    if (!Number.isFinite(lagMs)) return;
    this.channelLag.record(lagMs);
    if (events.coherence.hasSubscribers) events.coherence.publish({ kind: 'heartbeat', lagMs });
  }

  /** A write or an invalidation of this process has ended. */
  wrote(batch: Invalidated, note: JournalNote): void {
    for (const names of [batch.recordKeys, batch.tags])
      for (const name of names) this.#invalidations.local[this.keys.kindOf(name)] += 1;
    this.journal.record(batch, note);
  }
}

function newCounts(): Record<RecordKind, number> {
  return { key: 0, tag: 0, cache: 0, namespace: 0 };
}

/** The default of the option `actor`. */
function unknownActor(): undefined {
  return undefined;
}
