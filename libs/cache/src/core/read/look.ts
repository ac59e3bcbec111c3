import type { Evidence } from '../coherence/freshness-proof.js';
import type { Sighting } from './lookup-result.js';
import type { Visit } from './time-budget.js';

/** What was seen of a slot before its read began, for the read to go on from: what it saw is acted upon once. */
export class Look<V> {
  #taken = false;

  constructor(
    private readonly slot: string,
    readonly visit: Visit,
    /** `undefined` where the store was away, or too slow. */
    readonly sighting: Sighting<V> | undefined,
    private readonly evidence: Evidence,
  ) {}

  /** It, for the first read of this very slot that asks. */
  take(slot: string): this | undefined {
    if (this.#taken || slot !== this.slot) return undefined;
    this.#taken = true;
    return this;
  }

  /** To be called once its read has ended, or will never be. */
  end(): void {
    this.evidence.end();
  }
}
