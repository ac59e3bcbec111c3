/**
 * The changes of the database that the records of the store show. It is kept beside the records: a store that goes back to older
 * records goes back to their checkpoint, too.
 *
 * Every method rejects when the store is unavailable.
 */
export interface OutboxProgress {
  /** Returns the position up to which every change was applied to the records; `undefined` if the store has none. */
  checkpoint(): Promise<string | undefined>;
  /** Replaces the checkpoint `from` by `to`, unless another one is stored by now. */
  advance(from: string | undefined, to: string): Promise<void>;
  /** Records which names were invalidated for these changes, by their tokens or ids, for a minute. */
  reportApplied(changes: ReadonlyMap<string, readonly string[]>): Promise<void>;
  /** Returns the names that were invalidated for each of these changes, in their order. */
  appliedNames(changes: readonly string[]): Promise<readonly (readonly string[])[]>;
}

/** More changes than a process makes in the time in which its relay reads them. */
const MAX_CHANGES = 10_000;
const NONE: readonly never[] = [];

/** The names that were invalidated for the latest changes. */
export class AppliedChanges {
  readonly #applied = new Map<string, readonly string[]>();

  add(change: string, names: readonly string[]): void {
    this.#applied.set(change, names);
    const [oldest] = this.#applied.keys();
    if (this.#applied.size > MAX_CHANGES && oldest !== undefined) this.#applied.delete(oldest);
  }

  /** Empty for a change that is not known. */
  names(change: string): readonly string[] {
    return this.#applied.get(change) ?? NONE;
  }
}

/** The progress of a store in this process. */
export class InMemoryOutboxProgress implements OutboxProgress {
  readonly #applied = new AppliedChanges();
  #checkpoint: string | undefined;

  async checkpoint(): Promise<string | undefined> {
    return this.#checkpoint;
  }

  async advance(from: string | undefined, to: string): Promise<void> {
    if (this.#checkpoint === from) this.#checkpoint = to;
  }

  async reportApplied(changes: ReadonlyMap<string, readonly string[]>): Promise<void> {
    for (const [change, names] of changes) this.#applied.add(change, names);
  }

  async appliedNames(changes: readonly string[]): Promise<readonly (readonly string[])[]> {
    return changes.map((change) => this.#applied.names(change));
  }
}
