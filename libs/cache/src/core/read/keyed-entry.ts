import type { EntryRef } from '../store/key-resolver.js';
import type { Look } from './look.js';
import type { ReadResult } from '../read-result.js';
import type { ReadThrough } from './read-through.js';
import { PATIENCE_MS } from './read-request.js';

export interface EntryReadOptions<V> {
  /** @default the loader of the read */
  readonly loadInBackground?: () => Promise<V | undefined>;
  /** What {@link KeyedEntry.find} saw. */
  readonly look?: Look<V> | undefined;
}

/** One entry of a cache, whose key was checked: for who reads it, and has to tell about it. */
export class KeyedEntry<V> {
  constructor(
    private readonly ref: EntryRef<unknown>,
    private readonly reads: ReadThrough<unknown, V>,
  ) {}

  /** As its schema made it. */
  get key(): unknown {
    return this.ref.key;
  }

  /** The tags that its policy gives it. */
  get tags(): readonly string[] {
    return this.ref.ownTags;
  }

  /** What this process holds, where it is fresh and nothing is left to decide: at once, and counted as a hit. */
  getFromMemory(): ReadResult<V> | undefined {
    return this.reads.resultFromMemory(this.ref.record.key);
  }

  /**
   * What the store has, where it is fresh and nothing is left to decide, counted as a hit; or a look for {@link read} to go on from,
   * which is to be ended when that has ended. `undefined` says nothing: read it.
   */
  find(): Promise<ReadResult<V> | Look<V> | undefined> {
    return this.reads.find(this.ref);
  }

  /** As `Cache.readThrough`, with how the value was found. What is stale is loaded anew by `loadBehind`, after it was read. */
  read(
    load: () => Promise<V | undefined>,
    { loadInBackground, look }: EntryReadOptions<V> = {},
  ): Promise<ReadResult<V>> {
    const { record, tags } = this.ref;
    return this.reads.read({ record, tags, load, loadInBackground, look, strong: false, patienceMs: PATIENCE_MS });
  }

  /**
   * Runs `work` where it is known that there is no value: reads of this entry in there answer so at no cost, until somebody writes
   * it.
   */
  knowingAbsence<T>(work: () => Promise<T>): Promise<T> {
    return this.reads.knowingAbsence(this.ref, work);
  }
}
