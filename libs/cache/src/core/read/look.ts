import type { FreshnessProof } from '../coherence/freshness-proof.js';
import type { LookupResult } from './lookup-result.js';
import type { L2Attempt } from './time-budget.js';

/** What was seen of a slot before its read began, for the read to go on from: what it saw is acted upon once. */
export class Look<V> {
  #taken = false;

  constructor(
    private readonly recordKey: string,
    readonly attempt: L2Attempt,
    /** `undefined` where the store was away, or too slow. */
    readonly lookupResult: LookupResult<V> | undefined,
    private readonly proof: FreshnessProof,
  ) {}

  /** It, for the first read of this very slot that asks. */
  take(recordKey: string): this | undefined {
    if (this.#taken || recordKey !== this.recordKey) return undefined;
    this.#taken = true;
    return this;
  }

  /** To be called once its read has ended, or will never be. */
  end(): void {
    this.proof.release();
  }
}
