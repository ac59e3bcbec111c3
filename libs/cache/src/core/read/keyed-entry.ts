import type { Address } from '../store/address.js';
import type { Look } from './look.js';
import type { ReadOutcome } from '../read-result.js';
import type { ReadPath } from './read-through.js';
import { PATIENCE_MS } from './read-request.js';

export interface EntryReadOptions<V> {
  /** @default the loader of the read */
  readonly loadBehind?: () => Promise<V | undefined>;
  /** What {@link KeyedEntry.find} saw. */
  readonly look?: Look<V> | undefined;
}

/** One entry of a cache, whose key was checked: for who reads it, and has to tell about it. */
export class KeyedEntry<V> {
  constructor(
    private readonly address: Address<unknown>,
    private readonly reads: ReadPath<unknown, V>,
  ) {}

  /** As its schema made it. */
  get key(): unknown {
    return this.address.key;
  }

  /** The tags that its policy gives it. */
  get tags(): readonly string[] {
    return this.address.groups;
  }

  /** What this process holds, where it is fresh and nothing is left to decide: at once, and counted as a hit. */
  held(): ReadOutcome<V> | undefined {
    return this.reads.heldOutcome(this.address.slot.name);
  }

  /**
   * What the store has, where it is fresh and nothing is left to decide, counted as a hit; or a look for {@link read} to go on from,
   * which is to be ended when that has ended. `undefined` says nothing: read it.
   */
  find(): Promise<ReadOutcome<V> | Look<V> | undefined> {
    return this.reads.find(this.address);
  }

  /** As `Cache.readThrough`, with how the value was found. What is stale is loaded anew by `loadBehind`, after it was read. */
  read(load: () => Promise<V | undefined>, { loadBehind, look }: EntryReadOptions<V> = {}): Promise<ReadOutcome<V>> {
    const { slot, tags } = this.address;
    return this.reads.read({ slot, tags, load, loadBehind, look, strong: false, patienceMs: PATIENCE_MS });
  }

  /**
   * Runs `work` where it is known that there is no value: reads of this entry in there answer so at no cost, until somebody writes
   * it.
   */
  knowingAbsence<T>(work: () => Promise<T>): Promise<T> {
    return this.reads.knowingAbsence(this.address, work);
  }
}
