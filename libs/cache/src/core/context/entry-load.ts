import type { FreshnessProof } from '../coherence/freshness-proof.js';

/** The load of one entry, shared by all loaders of it that run inside of each other. The outermost loader stores the result. */
export class EntryLoad {
  #result: { readonly value: unknown } | undefined;
  #uncacheable: string | undefined;

  constructor(
    readonly recordKey: string,
    private readonly proof: FreshnessProof,
  ) {}

  /** The result of the innermost loader, while no invalidation has outdated it. */
  get result(): { readonly value: unknown } | undefined {
    return this.proof.isValid ? this.#result : undefined;
  }

  /** Sets the result of the innermost loader. */
  setResult(value: unknown): void {
    this.#result = { value };
  }

  /** Whether the innermost loader found no value. */
  get isAbsent(): boolean {
    return this.#result !== undefined && this.#result.value === undefined;
  }

  /** Keeps the result out of the cache and from the reads that share the load: only its own caller receives it. */
  markUncacheable(reason: string): void {
    this.#uncacheable ??= reason;
  }

  /** Returns why only its own caller may receive the result; `undefined` when it may be shared. */
  uncacheableReason(value: unknown): string | undefined {
    if (this.#uncacheable !== undefined) return this.#uncacheable;
    return this.#isUnchanged(value) ? undefined : 'the answer is not the object that the innermost loader returned';
  }

  /** Whether `value` is the very object that the innermost loader returned, not a copy of it. */
  #isUnchanged(value: unknown): boolean {
    return this.#result === undefined || Object.is(this.#result.value, value);
  }
}
