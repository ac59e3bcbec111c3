import { Memo } from '../store/memo.js';

/** So many records, at most twice, have derived entries. */
const RECORDS = 5_000;
const MOST_PER_RECORD = 8;

/** Remembers which entries were loaded from which others: a read within a load makes the loaded entry depend on the read one. */
export class DerivedEntries {
  readonly #derived = new Memo<readonly string[]>(RECORDS);

  /** A load of `loading` has read `recordKey`. */
  note(recordKey: string, loading: readonly string[]): void {
    const known = this.#derived.get(recordKey) ?? [];
    const others = loading.filter((key) => key !== recordKey && !known.includes(key));
    if (others.length > 0) this.#derived.set(recordKey, [...others, ...known].slice(0, MOST_PER_RECORD));
  }

  /** Returns the entries that depend on one of these records, the latest first, without the records themselves. */
  of(recordKeys: readonly string[]): readonly string[] {
    const derived = new Set(recordKeys.flatMap((recordKey) => this.#derived.get(recordKey) ?? []));
    return [...derived].filter((recordKey) => !recordKeys.includes(recordKey));
  }
}
