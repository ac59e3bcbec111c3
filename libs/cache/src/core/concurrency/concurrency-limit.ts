/** Redis completes this many steps well within their deadline, even with other commands in between. */
const MAX_CONCURRENT = 100;

/**
 * Runs the steps of one write in order, with bounded concurrency: a write may name thousands of entries. Once a step has
 * failed, the waiting steps fail with its error.
 */
export class ConcurrencyLimit {
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #failed: { readonly error: unknown } | undefined;

  async run<T>(step: () => Promise<T>): Promise<T> {
    if (this.#running < MAX_CONCURRENT) this.#running += 1;
    // A step that ends passes its place on.
    else await new Promise<void>((start) => this.#waiting.push(start));
    try {
      if (this.#failed) throw this.#failed.error;
      return await step();
    } catch (error) {
      this.#failed ??= { error };
      throw error;
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}
