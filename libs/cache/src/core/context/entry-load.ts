import type { Evidence } from '../coherence/freshness-proof.js';

/** The load of one slot: one for all loaders of it that run inside of each other. The outermost stores. */
export class SlotLoad {
  #produced: { readonly value: unknown } | undefined;
  #refusal: string | undefined;

  constructor(
    readonly slot: string,
    private readonly evidence: Evidence,
  ) {}

  /** What the innermost loader returned, as long as it may be told again. */
  get known(): { readonly value: unknown } | undefined {
    return this.evidence.holds ? this.#produced : undefined;
  }

  /** Notes what the innermost loader returned. */
  produced(value: unknown): void {
    this.#produced = { value };
  }

  /** Whether the innermost loader found that there is no value. */
  get producedNothing(): boolean {
    return this.#produced !== undefined && this.#produced.value === undefined;
  }

  /** Keeps what is being loaded out of the cache, and from whoever shares the load: it is for this caller only. */
  refuse(reason: string): void {
    this.#refusal ??= reason;
  }

  /** Why what was loaded is for its caller only; `undefined` where it is not. */
  refusalOf(value: unknown): string | undefined {
    if (this.#refusal !== undefined) return this.#refusal;
    return this.#isUnchanged(value) ? undefined : 'the answer is not what the innermost loader returned';
  }

  /** Whether `value` is what the innermost loader returned: the object itself, not one that was made from it. */
  #isUnchanged(value: unknown): boolean {
    return this.#produced === undefined || Object.is(this.#produced.value, value);
  }
}
