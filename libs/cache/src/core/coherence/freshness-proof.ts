import type { Clock } from '../clock.js';
import type { Coherence } from './coherence.js';
import type { Ticket } from './in-flight-reads.js';

/**
 * What vouches for an answer that is told again: that nothing was heard which may have changed it since it was begun, and that all
 * of that would have been heard until a short while ago.
 */
export class Evidence {
  readonly ticket: Ticket;
  readonly #at: number;

  /** Begin it before what it vouches for. `names` are those of the slot and of all its tags. */
  constructor(
    private readonly tiers: { readonly coherence: Coherence; readonly clock: Clock },
    names: readonly string[],
  ) {
    this.ticket = tiers.coherence.reads.begin(names);
    this.#at = tiers.coherence.evidenceAt;
  }

  /** Whether the answer may be told to who asks now. */
  get holds(): boolean {
    const { coherence, clock } = this.tiers;
    return !this.ticket.detached && coherence.bounds(this.#at, clock.now());
  }

  /** From here on nobody listens any more, so it holds for nobody. */
  end(): void {
    this.tiers.coherence.reads.end(this.ticket);
    this.ticket.detach();
  }
}
