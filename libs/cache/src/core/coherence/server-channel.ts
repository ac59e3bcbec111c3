import type { ChannelListener } from '../store/store.js';

/** The invalidation channel of one of several servers. */
export class ServerChannel implements ChannelListener {
  #verifiedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly coherence: ChannelListener) {}

  /** When its last verified heartbeat was sent. */
  get verifiedAt(): number {
    return this.#verifiedAt;
  }

  onInvalidation(kind: 'intent' | 'done', recordKey: string): void {
    this.coherence.onInvalidation(kind, recordKey);
  }

  /** Drops all local data: it lives shorter than it would take to find what belongs to one server. */
  onChannelLost(): void {
    this.#verifiedAt = Number.NEGATIVE_INFINITY;
    this.coherence.onChannelLost();
  }

  onHeartbeat(sentAt: number): void {
    this.#verifiedAt = Math.max(this.#verifiedAt, sentAt);
    this.coherence.onHeartbeat(sentAt);
  }
}
