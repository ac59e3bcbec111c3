import type { Clock } from '../clock.js';
import type { SlotStore } from '../store/store.js';
import { Turnstile } from '../concurrency/concurrency-limit.js';

/** What one write, or one invalidation, still has to invalidate. */
export interface InvalidationUnit {
  readonly slots: readonly string[];
  readonly tags: readonly string[];
}

/** In all units together. So many can also be marked and emptied before the first of the marks runs out. */
const MOST_NAMES = 10_000;

/**
 * Invalidations that the store has not acknowledged. Until it has, this process passes the cache by for what they concern; an
 * unit is applied as a whole, its slots before its tags.
 */
export class PendingInvalidations {
  readonly #units = new Set<InvalidationUnit>();
  readonly #concerned = new Map<string, number>();
  #names = 0;
  #flushing: Promise<void> | undefined;

  constructor(
    private readonly namespaceTag: string,
    private readonly clock: Clock,
    /** Runs before and after each application: what is held here goes too. */
    private readonly forget: (slot: string) => void,
  ) {}

  get size(): number {
    return this.#units.size;
  }

  add(unit: InvalidationUnit): void {
    if (sizeOf(unit) === 0) return;
    if (this.#names + sizeOf(unit) > MOST_NAMES) {
      // Too many to remember each: the tag of every entry stands for them all.
      this.#units.clear();
      this.#concerned.clear();
      this.#names = 0;
      this.#insert({ slots: [], tags: [this.namespaceTag] });
    } else this.#insert(unit);
  }

  /** Whether an entry may be older than a write that was acknowledged here. */
  concerns(slot: string, tags: readonly string[]): boolean {
    if (this.#units.size === 0) return false;
    return this.#concerned.has(slot) || tags.some((tag) => this.#concerned.has(tag));
  }

  /** Applies what is pending, until the connection is lost. What the store refuses is left for the next time. It never rejects. */
  flush(store: SlotStore): Promise<void> {
    this.#flushing ??= this.#flush(store).finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  async #flush(store: SlotStore): Promise<void> {
    const { session } = store;
    for (const unit of this.#units) {
      const applied = await applyUnit({ store, clock: this.clock }, unit, this.forget);
      if (applied) this.#remove(unit);
      else if (session === undefined || store.session !== session) return;
    }
  }

  #insert(unit: InvalidationUnit): void {
    this.#units.add(unit);
    this.#names += sizeOf(unit);
    for (const name of [...unit.slots, ...unit.tags]) this.#concerned.set(name, (this.#concerned.get(name) ?? 0) + 1);
  }

  #remove(unit: InvalidationUnit): void {
    // An overflow may have dropped it meanwhile, with everything that it counted.
    if (!this.#units.delete(unit)) return;
    this.#names -= sizeOf(unit);
    for (const name of [...unit.slots, ...unit.tags]) {
      const left = (this.#concerned.get(name) ?? 0) - 1;
      if (left > 0) this.#concerned.set(name, left);
      else this.#concerned.delete(name);
    }
  }
}

function sizeOf({ slots, tags }: InvalidationUnit): number {
  return slots.length + tags.length;
}

/** How long what is being invalidated stays marked, should this process end in between. */
const MARK_MS = 10_000;

/**
 * Invalidates slots and tags as one, and answers whether the store acknowledged all of it, on one connection.
 *
 * What depends on several of them must not be loaded anew from an old one of them under the new version of another. So all are
 * marked before any is emptied: whoever loads in between passes the marked ones by.
 */
export async function applyUnit(
  { store, clock }: { readonly store: SlotStore; readonly clock: Clock },
  { slots, tags }: InvalidationUnit,
  forget: (slot: string) => void,
): Promise<boolean> {
  if (slots.length + tags.length === 0) return true;
  const { session } = store;
  if (session === undefined) return false;
  const turnstile = new Turnstile();
  const marks = [...slots, ...tags].map((slot) => ({ slot, token: clock.id() }));
  const eachMark = <T>(step: (slot: string, token: string) => Promise<T>): Promise<T[]> =>
    Promise.all(marks.map(({ slot, token }) => turnstile.pass(() => step(slot, token))));
  marks.forEach(({ slot }) => forget(slot));
  try {
    const [only] = marks;
    if (only && marks.length === 1) await store.invalidate(only.slot);
    else {
      await eachMark((slot, token) => store.intent(slot, token, MARK_MS));
      const marked = await eachMark((slot, token) => store.done(slot, token));
      if (!marked.every(Boolean)) return false;
    }
    return store.session === session;
  } catch {
    return false;
  } finally {
    marks.forEach(({ slot }) => forget(slot));
  }
}
