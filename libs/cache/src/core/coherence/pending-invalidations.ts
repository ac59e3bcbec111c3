import type { Clock } from '../clock.js';
import type { RecordStore } from '../store/store.js';
import { ConcurrencyLimit } from '../concurrency/concurrency-limit.js';

/** What one write, or one invalidation, still has to invalidate. */
export interface InvalidationBatch {
  readonly recordKeys: readonly string[];
  readonly tags: readonly string[];
}

/** In all units together. So many can also be marked and emptied before the first of the marks runs out. */
const MOST_NAMES = 10_000;

/**
 * Invalidations that the store has not acknowledged. Until it has, this process passes the cache by for what they concern; an
 * unit is applied as a whole, its slots before its tags.
 */
export class PendingInvalidations {
  readonly #batches = new Set<InvalidationBatch>();
  readonly #affected = new Map<string, number>();
  #names = 0;
  #flushing: Promise<void> | undefined;

  constructor(
    private readonly namespaceTag: string,
    private readonly clock: Clock,
    /** Runs before and after each application: what is held here goes too. */
    private readonly forget: (recordKey: string) => void,
  ) {}

  get size(): number {
    return this.#batches.size;
  }

  add(batch: InvalidationBatch): void {
    if (sizeOf(batch) === 0) return;
    if (this.#names + sizeOf(batch) > MOST_NAMES) {
      // Too many to remember each: the tag of every entry stands for them all.
      this.#batches.clear();
      this.#affected.clear();
      this.#names = 0;
      this.#insert({ recordKeys: [], tags: [this.namespaceTag] });
    } else this.#insert(batch);
  }

  /** Whether an entry may be older than a write that was acknowledged here. */
  affects(recordKey: string, tags: readonly string[]): boolean {
    if (this.#batches.size === 0) return false;
    return this.#affected.has(recordKey) || tags.some((tag) => this.#affected.has(tag));
  }

  /** Applies what is pending, until the connection is lost. What the store refuses is left for the next time. It never rejects. */
  flush(store: RecordStore): Promise<void> {
    this.#flushing ??= this.#flush(store).finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  async #flush(store: RecordStore): Promise<void> {
    const { session } = store;
    for (const batch of this.#batches) {
      const applied = await applyInvalidation({ store, clock: this.clock }, batch, this.forget);
      if (applied) this.#remove(batch);
      else if (session === undefined || store.session !== session) return;
    }
  }

  #insert(batch: InvalidationBatch): void {
    this.#batches.add(batch);
    this.#names += sizeOf(batch);
    for (const name of [...batch.recordKeys, ...batch.tags])
      this.#affected.set(name, (this.#affected.get(name) ?? 0) + 1);
  }

  #remove(batch: InvalidationBatch): void {
    // An overflow may have dropped it meanwhile, with everything that it counted.
    if (!this.#batches.delete(batch)) return;
    this.#names -= sizeOf(batch);
    for (const name of [...batch.recordKeys, ...batch.tags]) {
      const left = (this.#affected.get(name) ?? 0) - 1;
      if (left > 0) this.#affected.set(name, left);
      else this.#affected.delete(name);
    }
  }
}

function sizeOf({ recordKeys, tags }: InvalidationBatch): number {
  return recordKeys.length + tags.length;
}

/** How long what is being invalidated stays marked, should this process end in between. */
const MARK_MS = 10_000;

/**
 * Invalidates slots and tags as one, and answers whether the store acknowledged all of it, on one connection.
 *
 * What depends on several of them must not be loaded anew from an old one of them under the new version of another. So all are
 * marked before any is emptied: whoever loads in between passes the marked ones by.
 */
export async function applyInvalidation(
  { store, clock }: { readonly store: RecordStore; readonly clock: Clock },
  { recordKeys, tags }: InvalidationBatch,
  forget: (recordKey: string) => void,
): Promise<boolean> {
  if (recordKeys.length + tags.length === 0) return true;
  const { session } = store;
  if (session === undefined) return false;
  const limit = new ConcurrencyLimit();
  const marks = [...recordKeys, ...tags].map((recordKey) => ({ recordKey, token: clock.id() }));
  const eachMark = <T>(step: (recordKey: string, token: string) => Promise<T>): Promise<T[]> =>
    Promise.all(marks.map(({ recordKey, token }) => limit.run(() => step(recordKey, token))));
  marks.forEach(({ recordKey }) => forget(recordKey));
  try {
    const [only] = marks;
    if (only && marks.length === 1) await store.invalidate(only.recordKey);
    else {
      await eachMark((recordKey, token) => store.intent(recordKey, token, MARK_MS));
      const marked = await eachMark((recordKey, token) => store.done(recordKey, token));
      if (!marked.every(Boolean)) return false;
    }
    return store.session === session;
  } catch {
    return false;
  } finally {
    marks.forEach(({ recordKey }) => forget(recordKey));
  }
}
