import { type Clock, wallClock } from '../clock.js';
import { Memo } from '../store/memo.js';
import type { RecordRef } from '../store/redis-keys.js';
import type { MissReason } from './read-outcome.js';

const LIMIT = 1_000;
/** So many records and tags, at most twice, have a history. */
const HISTORIES = 5_000;
/** A record may expire this long before this process expects it: the store counts from an earlier moment. */
const SLACK_MS = 100;

/** One read that loaded its value. */
export interface Miss {
  readonly cache: string;
  /** The complete key of its record in the store. */
  readonly recordKey: string;
  readonly reason: MissReason;
  /** The complete keys of the tags that invalidated the entry, or of its record. */
  readonly invalidated: readonly string[];
  /** When the invalidation arrived, in milliseconds since 1970; `undefined` if this process received none. */
  readonly invalidatedAt: number | undefined;
  /** When it was read, in milliseconds since 1970. */
  readonly at: number;
}

/** How a read found its record. */
export type MissCause =
  | { readonly reason: Exclude<MissReason, 'tag-invalidated'> }
  | { readonly reason: 'tag-invalidated'; readonly tags: readonly string[] }
  /** The record is absent. Its history has the reason. */
  | { readonly reason: 'absent' };

/** What this process knows about a record or a tag. */
interface History {
  /** When the stored value expires, on the clock of the cache. */
  readonly expiresAt: number | undefined;
  /** The last invalidation since the value was stored, in milliseconds since 1970. */
  invalidatedAt: number | undefined;
  tooLarge: boolean;
}

const ABSENT: MissCause = { reason: 'absent' };

/** Lists the last 1,000 reads of this process that loaded their value, and finds out why. */
export class MissLog {
  /** The newest is the last. */
  readonly #misses: Miss[] = [];
  readonly #histories = new Memo<History>(HISTORIES);

  constructor(private readonly clock: Clock) {}

  /** Adds a read that loads its value. Without a cause its record is absent. */
  missed({ cache, key }: RecordRef, cause: MissCause = ABSENT): void {
    const reason = cause.reason === 'absent' ? this.#reasonOfAbsence(key) : cause.reason;
    const invalidated =
      cause.reason === 'tag-invalidated' ? cause.tags : reason === 'key-invalidated' ? [key] : NO_NAMES;
    this.#misses.push({
      cache,
      recordKey: key,
      reason,
      invalidated,
      invalidatedAt: invalidated.length === 0 ? undefined : this.#last(invalidated),
      at: wallClock(),
    });
    if (this.#misses.length > LIMIT) this.#misses.shift();
  }

  /** A value is in the store, for `ttlMs` milliseconds from now. */
  stored(recordKey: string, ttlMs: number): void {
    this.#histories.set(recordKey, { ...UNKNOWN, expiresAt: this.clock.now() + ttlMs });
  }

  /** A value was too large to be stored. */
  tooLarge(recordKey: string): void {
    this.#historyOf(recordKey).tooLarge = true;
  }

  /** A record or a tag was invalidated. */
  invalidated(recordKey: string): void {
    this.#historyOf(recordKey).invalidatedAt = wallClock();
  }

  /** Yields the misses, the newest first. */
  [Symbol.iterator](): Iterator<Miss, void> {
    return this.#misses.toReversed().values();
  }

  /** Returns the last miss of a record, while it is among the last 1,000. */
  lastOf(recordKey: string): Miss | undefined {
    return this.#misses.findLast((miss) => miss.recordKey === recordKey);
  }

  #reasonOfAbsence(recordKey: string): MissReason {
    const { expiresAt, invalidatedAt, tooLarge } = this.#histories.get(recordKey) ?? UNKNOWN;
    if (tooLarge) return 'too-large';
    // Its time would be over, whatever else has happened to it.
    if (expiresAt !== undefined && this.clock.now() >= expiresAt - SLACK_MS) return 'expired';
    if (invalidatedAt !== undefined) return 'key-invalidated';
    return expiresAt === undefined ? 'never-stored' : 'evicted';
  }

  #historyOf(recordKey: string): History {
    const known = this.#histories.get(recordKey);
    if (known) return known;
    const history = { ...UNKNOWN };
    this.#histories.set(recordKey, history);
    return history;
  }

  #last(names: readonly string[]): number | undefined {
    const times = names.flatMap((name) => this.#histories.get(name)?.invalidatedAt ?? []);
    return times.length === 0 ? undefined : Math.max(...times);
  }
}

const NO_NAMES: readonly string[] = [];
const UNKNOWN: History = { expiresAt: undefined, invalidatedAt: undefined, tooLarge: false };
