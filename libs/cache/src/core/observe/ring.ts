/** Keeps the last items, at most `limit`. */
export class Ring<T> {
  readonly #items: T[] = [];
  #next = 0;

  constructor(private readonly limit: number) {}

  push(item: T): void {
    this.#items[this.#next] = item;
    this.#next = (this.#next + 1) % this.limit;
  }

  /** Yields the items, the newest first. */
  *[Symbol.iterator](): Generator<T, void> {
    for (let age = 1; age <= this.#items.length; age += 1) {
      const item = this.#items[(this.#next - age + this.limit) % this.limit];
      if (item !== undefined) yield item;
    }
  }
}
