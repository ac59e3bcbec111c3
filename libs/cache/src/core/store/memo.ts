/**
 * Memoises recently used values by a text key, at most twice `limit`. When the young generation is full it becomes the old
 * one, and values that were not used since are dropped.
 */
export class Memo<T> {
  #young = new Map<string, T>();
  #old = new Map<string, T>();

  constructor(private readonly limit: number) {}

  get(text: string): T | undefined {
    const young = this.#young.get(text);
    if (young !== undefined) return young;
    const old = this.#old.get(text);
    if (old !== undefined) this.set(text, old);
    return old;
  }

  set(text: string, value: T): void {
    if (this.#young.size >= this.limit) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(text, value);
  }
}
