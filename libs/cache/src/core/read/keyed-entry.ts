import type { ReadResult } from '../read-result.js';
import type { EntryRef } from '../store/key-resolver.js';
import { type Load, PATIENCE_MS, type ReadRequest } from './read-request.js';
import type { ReadThrough } from './read-through.js';

/** One entry of a cache, under a key that the schema accepted. */
export class KeyedEntry<V> {
  /** The tags that the policy gives the entry. */
  readonly tags: readonly string[];

  /** @internal */
  constructor(
    private readonly ref: EntryRef<unknown>,
    private readonly reads: ReadThrough<unknown, V>,
    private readonly textOnly: boolean,
  ) {
    this.tags = ref.ownTags;
  }

  /** The key as the schema returned it. */
  get key(): unknown {
    return this.ref.key;
  }

  /** The complete key of its record in the store. */
  get recordKey(): string {
    return this.ref.record.key;
  }

  /** The keys of everything that invalidates the entry: of its record, and of its tags, the implicit ones included. */
  get names(): readonly string[] {
    return [this.recordKey, ...this.ref.tags];
  }

  /** Returns the entry in L1 at once, where it is fresh, present and not due for a refresh. Counts a hit. */
  getFromMemory(): ReadResult<V> | undefined {
    const value = this.reads.getFromMemory(this.ref, this.textOnly);
    return value && this.reads.resultOf(value);
  }

  /** As `Cache.readThrough`, with how the value was found. @internal */
  read(load: Load<V>, refreshLoad?: ReadRequest<V>['refreshLoad']): Promise<ReadResult<V>> {
    const { ref, textOnly } = this;
    const { record, tags } = ref;
    return this.reads.read({ record, tags, load, refreshLoad, textOnly, strong: false, patienceMs: PATIENCE_MS });
  }

  /** Counts a request that must not share the entry, because the key does not contain its requester. */
  bypassForPrincipal(): void {
    this.reads.bypassForPrincipal(this.ref.record);
  }

  /** Runs `work` where the entry is known to be absent: reads of it in there answer so at once, until it is written. */
  knowingAbsence<T>(work: () => Promise<T>): Promise<T> {
    return this.reads.knowingAbsence(this.ref, work);
  }
}
