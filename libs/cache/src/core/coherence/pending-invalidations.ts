import type { Clock } from '../clock.js';
import { type RecordStore, sessionsOf } from '../store/store.js';
import { ConcurrencyLimit } from '../concurrency/concurrency-limit.js';

/** The records and tags that one write, or one invalidation, still has to invalidate. */
export interface InvalidationBatch {
  readonly recordKeys: readonly string[];
  readonly tags: readonly string[];
}

/** Limit over all batches. The store can set and end this many intents before the first of them expires. */
const MAX_NAMES = 10_000;

/**
 * Keeps invalidations that the store has not acknowledged. Until it has, this process bypasses the cache for the entries they
 * affect. A batch is applied as a whole, its records before its tags.
 */
export class PendingInvalidations {
  readonly #batches = new Set<InvalidationBatch>();
  readonly #affected = new Map<string, number>();
  #names = 0;
  #flushing: Promise<void> | undefined;
  /** Whether there was a call of `flush` since the present one began. */
  #flushAgain = false;

  constructor(
    private readonly namespaceTag: string,
    private readonly clock: Clock,
    private readonly listener: {
      /** Drops local copies. Called before and after each batch is applied. */
      readonly forget: (recordKey: string) => void;
      readonly applied: (batch: InvalidationBatch) => void;
      /** Called when one batch that replaced all others is applied. */
      readonly allApplied: () => void;
    },
  ) {}

  get size(): number {
    return this.#batches.size;
  }

  add(batch: InvalidationBatch): void {
    if (sizeOf(batch) === 0) return;
    if (this.#names + sizeOf(batch) > MAX_NAMES) {
      // Too many to keep one by one: replace them all by the namespace's tag, which every entry has.
      this.#batches.clear();
      this.#affected.clear();
      this.#names = 0;
      this.#insert({ recordKeys: [], tags: [this.namespaceTag] });
    } else this.#insert(batch);
  }

  /** Whether an entry may be older than a write that this process has acknowledged. */
  affects(recordKey: string, tags: readonly string[]): boolean {
    if (this.#batches.size === 0) return false;
    return this.#affected.has(recordKey) || tags.some((tag) => this.#affected.has(tag));
  }

  /**
   * Applies pending batches until a connection is lost, or a server refuses one. A batch that fails, or whose servers are not all
   * available, waits for the next flush. Never rejects.
   */
  flush(store: RecordStore): Promise<void> {
    this.#flushAgain = true;
    this.#flushing ??= this.#flushWhileCalled(store);
    return this.#flushing;
  }

  async #flushWhileCalled(store: RecordStore): Promise<void> {
    try {
      while (this.#flushAgain) {
        this.#flushAgain = false;
        await this.#flush(store);
      }
    } finally {
      this.#flushing = undefined;
    }
  }

  async #flush(store: RecordStore): Promise<void> {
    const [first, ...others] = [...this.#batches].filter((batch) => sessionsOf(store, namesOf(batch)) !== undefined);
    // The first one shows whether the server accepts any.
    if (!first || (await this.#apply(store, [first])) === 'stopped' || others.length === 0) return;
    if ((await this.#apply(store, others)) !== 'failed') return;
    // One batch that cannot be applied must not hold the others back.
    for (const batch of others) if ((await this.#apply(store, [batch])) === 'stopped') return;
  }

  /** Applies batches as one, so that a name that many of them have is invalidated once. */
  async #apply(store: RecordStore, batches: readonly InvalidationBatch[]): Promise<'applied' | 'failed' | 'stopped'> {
    const all: InvalidationBatch = {
      recordKeys: [...new Set(batches.flatMap(({ recordKeys }) => recordKeys))],
      tags: [...new Set(batches.flatMap(({ tags }) => tags))],
    };
    const session = sessionsOf(store, namesOf(all));
    if (await applyInvalidation({ store, clock: this.clock }, all, this.listener.forget)) {
      for (const batch of batches) this.#remove(batch);
      return 'applied';
    }
    return sessionsOf(store, namesOf(all)) !== session || store.refusal !== undefined ? 'stopped' : 'failed';
  }

  #insert(batch: InvalidationBatch): void {
    this.#batches.add(batch);
    this.#names += sizeOf(batch);
    for (const name of [...batch.recordKeys, ...batch.tags])
      this.#affected.set(name, (this.#affected.get(name) ?? 0) + 1);
  }

  #remove(batch: InvalidationBatch): void {
    // An overflow may have dropped the batch in the meantime, and its counts with it.
    if (!this.#batches.delete(batch)) return;
    if (batch.tags.includes(this.namespaceTag)) this.listener.allApplied();
    else this.listener.applied(batch);
    this.#names -= sizeOf(batch);
    for (const name of [...batch.recordKeys, ...batch.tags]) {
      const left = (this.#affected.get(name) ?? 0) - 1;
      if (left > 0) this.#affected.set(name, left);
      else this.#affected.delete(name);
    }
  }
}

function namesOf({ recordKeys, tags }: InvalidationBatch): string[] {
  return [...recordKeys, ...tags];
}

function sizeOf({ recordKeys, tags }: InvalidationBatch): number {
  return recordKeys.length + tags.length;
}

/** How long the intents of an invalidation last if this process ends before it removes them. */
const INTENT_MS = 10_000;

/**
 * Invalidates the records and tags of a batch. Returns whether the store acknowledged all of them, on one connection.
 *
 * Sets an intent on all of them before it empties the first. Otherwise a value could be loaded from an old record and stored
 * under the new version of a tag. Loads in between bypass the records with an intent.
 */
export async function applyInvalidation(
  { store, clock }: { readonly store: RecordStore; readonly clock: Clock },
  { recordKeys, tags }: InvalidationBatch,
  forget: (recordKey: string) => void,
): Promise<boolean> {
  if (recordKeys.length + tags.length === 0) return true;
  const names = [...recordKeys, ...tags];
  const session = sessionsOf(store, names);
  if (session === undefined) return false;
  const limit = new ConcurrencyLimit();
  const intents = names.map((recordKey) => ({ recordKey, token: clock.id() }));
  const forEachIntent = <T>(step: (recordKey: string, token: string) => Promise<T>): Promise<T[]> =>
    Promise.all(intents.map(({ recordKey, token }) => limit.run(() => step(recordKey, token))));
  intents.forEach(({ recordKey }) => forget(recordKey));
  try {
    const [single] = intents;
    if (single && intents.length === 1) await store.invalidate(single.recordKey);
    else {
      await forEachIntent((recordKey, token) => store.intent(recordKey, token, INTENT_MS));
      const ended = await forEachIntent((recordKey, token) => store.done(recordKey, token));
      if (!ended.every(Boolean)) return false;
    }
    return sessionsOf(store, names) === session;
  } catch {
    return false;
  } finally {
    intents.forEach(({ recordKey }) => forget(recordKey));
  }
}
