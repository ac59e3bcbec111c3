import type { Clock } from '../clock.js';
import type { Coherence } from './coherence.js';
import type { InFlightRead } from './in-flight-reads.js';

/**
 * What vouches for an answer that is told again: that nothing was heard which may have changed it since it was begun, and that all
 * of that would have been heard until a short while ago.
 */
export class FreshnessProof {
  readonly inFlightRead: InFlightRead;
  readonly #verifiedUntil: number;

  /** Begin it before what it vouches for. `names` are those of the slot and of all its tags. */
  constructor(
    private readonly parts: { readonly coherence: Coherence; readonly clock: Clock },
    names: readonly string[],
  ) {
    this.inFlightRead = parts.coherence.inFlightReads.begin(names);
    this.#verifiedUntil = parts.coherence.verifiedUntil;
  }

  /** Whether the answer may be told to who asks now. */
  get isValid(): boolean {
    const { coherence, clock } = this.parts;
    return !this.inFlightRead.sharingPrevented && coherence.isWithin(this.#verifiedUntil, clock.now());
  }

  /** From here on nobody listens any more, so it holds for nobody. */
  release(): void {
    this.parts.coherence.inFlightReads.end(this.inFlightRead);
    this.inFlightRead.preventSharing();
  }
}
