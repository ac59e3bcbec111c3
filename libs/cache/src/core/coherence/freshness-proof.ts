import type { Clock } from '../clock.js';
import type { Coherence } from './coherence.js';
import type { InFlightRead } from './in-flight-reads.js';

/**
 * Proves that a shared result is still current: no invalidation of its names arrived since the read began, and the channel was
 * verified within `maxStaleness`.
 */
export class FreshnessProof {
  readonly inFlightRead: InFlightRead;
  readonly #verifiedUntil: number;

  /** Create it before the read begins. `names` are the record key and all tags of the entry. */
  constructor(
    private readonly parts: { readonly coherence: Coherence; readonly clock: Clock },
    names: readonly string[],
  ) {
    this.inFlightRead = parts.coherence.inFlightReads.begin(names);
    this.#verifiedUntil = parts.coherence.verifiedUntil;
  }

  /** Whether a caller that arrives now may get the result. */
  get isValid(): boolean {
    const { coherence, clock } = this.parts;
    return !this.inFlightRead.sharingPrevented && coherence.isWithin(this.#verifiedUntil, clock.now());
  }

  /** Stops tracking invalidations. The proof is invalid from then on. */
  release(): void {
    this.parts.coherence.inFlightReads.end(this.inFlightRead);
    this.inFlightRead.preventSharing();
  }
}
