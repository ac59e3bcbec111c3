/** Calls functions when a master changes. What they watch runs while there is one of them. */
export class Watchers {
  readonly #watchers = new Set<() => void>();

  constructor(private readonly watched?: { readonly start: () => void; readonly stop: () => void }) {}

  get isEmpty(): boolean {
    return this.#watchers.size === 0;
  }

  /** Returns a function that removes the watcher. */
  add(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    if (this.#watchers.size === 1) this.watched?.start();
    return () => {
      this.#watchers.delete(watcher);
      if (this.isEmpty) this.watched?.stop();
    };
  }

  notify(): void {
    for (const watcher of this.#watchers) watcher();
  }
}
