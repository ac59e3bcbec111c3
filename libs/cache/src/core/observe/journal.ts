import type { Clock } from '../clock.js';
import { wallClock } from '../clock.js';
import { events } from './events.js';
import type { Confirmation, JournalEntry, WriteJournal } from './journal-entry.js';

const LIMIT = 1_000;
/** An entry lists so many names at most: a write may invalidate thousands. */
const MAX_NAMES = 20;
/** A fleet has hundreds of instances, which change with each release. */
const MAX_CONFIRMATIONS = 100;

/** The records and tags that one write, or one invalidation, invalidates. */
export interface Invalidated {
  readonly recordKeys: readonly string[];
  readonly tags: readonly string[];
}

type Recorded = { -readonly [Member in keyof JournalEntry]: JournalEntry[Member] } & {
  readonly number: number;
  readonly confirmedBy: Confirmation[];
  /** When it was applied, on the clock of the cache. */
  appliedOnClock: number | undefined;
};

/** A write or an invalidation that has ended. */
export interface JournalNote {
  readonly kind: JournalEntry['kind'];
  /** On the clock of the cache. */
  readonly startedAt: number;
  /** The batch that the store has not acknowledged; `undefined` if it has acknowledged everything. */
  readonly pending: Invalidated | undefined;
}

/** Lists the last 1,000 writes and invalidations of this process. */
export class Journal implements WriteJournal {
  /** The newest is the last. */
  readonly #entries: Recorded[] = [];
  readonly #pending = new Map<Invalidated, Recorded>();
  #unverified: Recorded[] = [];
  #count = 0;
  #verifiedUntil = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly clock: Clock,
    private readonly actor: () => string | undefined,
  ) {}

  /** Adds an entry. A pending one is completed by {@link applied}, with its pending batch. */
  record({ recordKeys, tags }: Invalidated, { kind, pending, startedAt }: JournalNote): void {
    const now = this.clock.now();
    this.#count += 1;
    const entry: Recorded = {
      number: this.#count,
      kind,
      who: this.#who(),
      recordKeys: recordKeys.slice(0, MAX_NAMES),
      tags: tags.slice(0, MAX_NAMES),
      names: recordKeys.length + tags.length,
      at: wallClock(),
      durationMs: now - startedAt,
      appliedAt: undefined,
      verifiedAt: undefined,
      confirmedBy: [],
      appliedOnClock: undefined,
    };
    this.#entries.push(entry);
    if (this.#entries.length > LIMIT) this.#entries.shift();
    if (pending) this.#pending.set(pending, entry);
    else this.#apply(entry, now);
    if (events.invalidate.hasSubscribers) events.invalidate.publish(published(entry));
  }

  /** The store has acknowledged a batch that was pending. */
  applied(batch: Invalidated): void {
    const entry = this.#pending.get(batch);
    this.#pending.delete(batch);
    if (entry) this.#apply(entry, this.clock.now());
  }

  /** The store has acknowledged an invalidation of all entries, which replaced every pending batch. */
  allApplied(): void {
    for (const batch of this.#pending.keys()) this.applied(batch);
  }

  /** All messages of changes before `sentAt`, on the clock of the cache, have arrived. */
  verified(sentAt: number): void {
    this.#verifiedUntil = Math.max(this.#verifiedUntil, sentAt);
    if (this.#unverified.length === 0) return;
    this.#unverified = this.#unverified.filter((entry) => !this.#verify(entry));
  }

  /** Messages may have been lost: earlier heartbeats prove nothing about later entries. */
  unverified(): void {
    this.#verifiedUntil = Number.NEGATIVE_INFINITY;
  }

  get position(): number {
    const [oldestPending] = this.#pending.values();
    return oldestPending ? oldestPending.number - 1 : this.#count;
  }

  confirm(instance: string, position: number): void {
    const at = wallClock();
    for (const { number, confirmedBy } of this.#entries.toReversed()) {
      if (number > position) continue;
      // The instance has confirmed this entry and all before it.
      if (confirmedBy.some((known) => known.instance === instance)) return;
      if (confirmedBy.length < MAX_CONFIRMATIONS) confirmedBy.push({ instance, at });
    }
  }

  /** Yields the entries, the newest first. */
  *[Symbol.iterator](): Generator<JournalEntry, void> {
    for (const entry of this.#entries.toReversed()) yield published(entry);
  }

  /** Returns the newest entry that names a record or a tag, and that was applied in a time, in milliseconds since 1970. */
  lastOf(name: string, from: number, until: number): JournalEntry | undefined {
    const last = this.#entries.findLast(
      (entry) => isWithin(entry, from, until) && (entry.recordKeys.includes(name) || entry.tags.includes(name)),
    );
    return last && published(last);
  }

  #who(): string | undefined {
    try {
      return this.actor();
    } catch {
      // No write may fail because of its journal.
      return undefined;
    }
  }

  #apply(entry: Recorded, now: number): void {
    entry.appliedAt = wallClock();
    entry.appliedOnClock = now;
    if (this.#verify(entry)) return;
    this.#unverified.push(entry);
    if (this.#unverified.length > LIMIT) this.#unverified.shift();
  }

  #verify(entry: Recorded): boolean {
    const { appliedOnClock } = entry;
    if (appliedOnClock === undefined || appliedOnClock > this.#verifiedUntil) return false;
    entry.verifiedAt = wallClock();
    return true;
  }
}

function isWithin({ at, appliedAt = at }: JournalEntry, from: number, until: number): boolean {
  return appliedAt >= from && at <= until;
}

function published({ appliedOnClock: _onClock, number: _number, confirmedBy, ...entry }: Recorded): JournalEntry {
  return { ...entry, confirmedBy: [...confirmedBy] };
}
