import type { Counters } from '../counters.js';
import type { L1 } from '../read/l1.js';
import type { L2Lookup } from '../read/l2-lookup.js';
import type { FoundValue, LookupState, TagVersionResult } from '../read/lookup-result.js';
import { type Load, PATIENCE_MS } from '../read/read-request.js';
import type { ReadThrough } from '../read/read-through.js';
import type { EntryRef } from '../store/key-resolver.js';
import type { RecordSnapshot } from '../store/store.js';

/** One entry that a snapshot reads. */
export class SnapshotEntry<V> {
  #found: FoundValue<V> | undefined;

  constructor(
    readonly ref: EntryRef<unknown>,
    private readonly cache: {
      readonly l2Lookup: L2Lookup<unknown, V>;
      readonly l1: L1<V>;
      readonly counters: Counters;
      readonly reads: ReadThrough<unknown, V>;
    },
    private readonly load: Load<V>,
    /** Whether the policy stores that there is no value. */
    private readonly storesAbsence: boolean,
  ) {}

  /** The value of the last {@link keep}. */
  get value(): V | undefined {
    return this.#found?.entry.value;
  }

  classify(record: RecordSnapshot | undefined, tags: readonly TagVersionResult[]): LookupState<V> {
    return this.cache.l2Lookup.classify(record, tags);
  }

  /** Whether a value is another one than the one that was kept before. */
  isReplacedBy(found: FoundValue<V>): boolean {
    return this.#found !== undefined && this.#found.stored.fillId !== found.stored.fillId;
  }

  /** Takes a value into the snapshot, and counts the read when it does so first. */
  keep(found: FoundValue<V>, durationMs: number): void {
    if (!this.#found) this.cache.counters.read(this.ref.record, this.cache.l1.resultOfFetched(found), durationMs);
    this.#found = found;
  }

  /** Loads the value and stores it, unless a write overtakes the load. Returns whether the policy stores such a value. */
  async fill(): Promise<boolean> {
    const { record, tags } = this.ref;
    const { answer } = await this.cache.reads.read({
      record,
      tags,
      load: this.load,
      strong: true,
      patienceMs: PATIENCE_MS,
    });
    return this.storesAbsence || answer.value !== undefined;
  }

  /** Calls the loader. */
  loadOnly(): Promise<V | undefined> {
    return this.load();
  }
}
