/** Redis answers so many steps well within their deadline, with others' between them. */
const MOST_AT_ONCE = 100;

/**
 * Lets the steps of one write pass, a bounded number at once and in order: a write may name thousands of entries. Once a step has
 * failed those that still wait fail with it.
 */
export class ConcurrencyLimit {
  readonly #waiting: (() => void)[] = [];
  #inside = 0;
  #failed: { readonly error: unknown } | undefined;

  async run<T>(step: () => Promise<T>): Promise<T> {
    if (this.#inside < MOST_AT_ONCE) this.#inside += 1;
    // Who leaves hands over the place.
    else await new Promise<void>((enter) => this.#waiting.push(enter));
    try {
      if (this.#failed) throw this.#failed.error;
      return await step();
    } catch (error) {
      this.#failed ??= { error };
      throw error;
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#inside -= 1;
    }
  }
}
