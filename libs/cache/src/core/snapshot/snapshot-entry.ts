import { jsonCodec } from '../codec/json-codec.js';
import { CacheError } from '../errors.js';
import type { CacheDefinition } from '../policy/define-cache.js';
import type { FoundValue, LookupState, TagVersionResult } from '../read/lookup-result.js';
import { type Load, PATIENCE_MS } from '../read/read-request.js';
import type { ReadServices } from '../read/read-services.js';
import type { ReadThrough } from '../read/read-through.js';
import type { EntryRef } from '../store/key-resolver.js';
import type { RecordSnapshot } from '../store/store.js';

/** One entry that a snapshot reads. */
export class SnapshotEntry<V> {
  #found: FoundValue<V> | undefined;
  /** Whether the policy stores that there is no value. */
  readonly #storesAbsence: boolean;

  /** @throws {CacheError} `CACHE_OPTIONS_INVALID` for a cache with a codec. */
  constructor(
    { codec, name, negative }: Pick<CacheDefinition<unknown, V>, 'codec' | 'name' | 'negative'>,
    private readonly cache: Pick<ReadServices<unknown, V>, 'l1' | 'l2Lookup' | 'counters'> & {
      readonly reads: ReadThrough<unknown, V>;
    },
    readonly ref: EntryRef<unknown>,
    private readonly load: Load<V>,
  ) {
    if (codec && codec !== jsonCodec)
      throw new CacheError('CACHE_OPTIONS_INVALID', `Cache "${name}": a snapshot reads JSON only. Remove the codec.`);
    this.#storesAbsence = negative !== undefined;
  }

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
    return this.#storesAbsence || answer.value !== undefined;
  }

  /** Calls the loader. */
  loadOnly(): Promise<V | undefined> {
    return this.load();
  }
}
