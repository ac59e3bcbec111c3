/** How far the journal of another instance has been applied, by figures that have arrived here. */
interface Position {
  readonly position: number;
  /** When the figures arrived, by the monotonic clock. */
  readonly at: number;
}

/** What this instance knows of another one. */
interface Peer {
  /** The oldest position that is not confirmed: the heartbeats confirm it first. */
  waiting: Position | undefined;
  confirmed: number;
  seenAt: number;
}

/** An instance without figures for so long has ended. */
export const GONE_MS = 10_000;
/** The age of a heartbeat is rounded. */
const ROUNDING_MS = 1;

/**
 * Tells other instances until which entry of their journals this one has received all messages.
 *
 * The store had acknowledged an entry before its instance published the position. So the messages of the entry were sent before a
 * heartbeat of this instance that follows the figures, and a verified heartbeat proves that all earlier messages have arrived.
 */
export class Confirmations {
  readonly #peers = new Map<string, Peer>();

  /** The figures of another instance have arrived at `now`. */
  received(instance: string, position: number, now: number): void {
    const peer = this.#peers.get(instance) ?? { waiting: undefined, confirmed: 0, seenAt: now };
    this.#peers.set(instance, peer);
    peer.seenAt = now;
    if (position > peer.confirmed) peer.waiting ??= { position, at: now };
  }

  /**
   * Returns the last confirmed position of each instance that has written.
   *
   * @param heartbeatAgeMs the time since the last verified heartbeat was sent; `undefined` if none is verified
   */
  at(now: number, heartbeatAgeMs: number | undefined): Readonly<Record<string, number>> {
    for (const [instance, peer] of this.#peers) {
      if (now - peer.seenAt > GONE_MS) this.#peers.delete(instance);
      const { waiting } = peer;
      if (!waiting || heartbeatAgeMs === undefined || now - waiting.at <= heartbeatAgeMs + ROUNDING_MS) continue;
      peer.confirmed = waiting.position;
      peer.waiting = undefined;
    }
    const confirmed = [...this.#peers].map(([instance, peer]) => [instance, peer.confirmed] as const);
    return Object.fromEntries(confirmed.filter(([, position]) => position > 0));
  }
}
