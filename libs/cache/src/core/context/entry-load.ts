import type { FreshnessProof } from '../coherence/freshness-proof.js';

/** The load of one slot: one for all loaders of it that run inside of each other. The outermost stores. */
export class EntryLoad {
  #result: { readonly value: unknown } | undefined;
  #uncacheable: string | undefined;

  constructor(
    readonly recordKey: string,
    private readonly proof: FreshnessProof,
  ) {}

  /** What the innermost loader returned, as long as it may be told again. */
  get result(): { readonly value: unknown } | undefined {
    return this.proof.isValid ? this.#result : undefined;
  }

  /** Notes what the innermost loader returned. */
  setResult(value: unknown): void {
    this.#result = { value };
  }

  /** Whether the innermost loader found that there is no value. */
  get isAbsent(): boolean {
    return this.#result !== undefined && this.#result.value === undefined;
  }

  /** Keeps what is being loaded out of the cache, and from whoever shares the load: it is for this caller only. */
  markUncacheable(reason: string): void {
    this.#uncacheable ??= reason;
  }

  /** Why what was loaded is for its caller only; `undefined` where it is not. */
  uncacheableReason(value: unknown): string | undefined {
    if (this.#uncacheable !== undefined) return this.#uncacheable;
    return this.#isUnchanged(value) ? undefined : 'the answer is not what the innermost loader returned';
  }

  /** Whether `value` is what the innermost loader returned: the object itself, not one that was made from it. */
  #isUnchanged(value: unknown): boolean {
    return this.#result === undefined || Object.is(this.#result.value, value);
  }
}
