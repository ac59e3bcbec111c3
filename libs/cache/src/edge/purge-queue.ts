import { LONGEST_UNKNOWN_MS } from '../http/headers/edge-headers.js';
import type { Position } from '../outbox/relay/outbox-table.js';

/** How long an answer usually takes from an instance to the CDN at most, in milliseconds. */
const WAY_MS = 200;
/**
 * When a change is purged, in milliseconds after it was seen. The first purge removes the old answers of that time. Others may arrive
 * after it: instances send them until they know of the change. The second purge removes these, and the last one those that were held up
 * on their way.
 */
export const ROUNDS_MS: readonly number[] = [0, LONGEST_UNKNOWN_MS + WAY_MS, 10_000];
/** As many names as are purged one by one. More of them purge every answer instead. */
const MOST_NAMES = 20_000;

/** Names whose purge began together. */
interface Batch {
  readonly names: ReadonlySet<string>;
  /** The changes before this position have other batches, or are purged. `undefined` if nothing is known of them. */
  readonly from: Position | undefined;
  readonly seenAt: number;
  /** How many rounds the CDN has acknowledged. */
  rounds: number;
}

/** The names of one request to the CDN. */
export interface DuePurge {
  readonly names: readonly string[];
  /** Call it once the CDN has acknowledged the names. `sentAt` is the time before the request. */
  acknowledge(sentAt: number): void;
}

/** The changes that the CDN has not acknowledged in every round. */
export class PurgeQueue {
  #batches: Batch[] = [];

  /** @param everything the name that every answer has */
  constructor(private readonly everything: string) {}

  /** Adds the names of changes after `from`. Returns `false` if there are too many by now: then every answer is purged instead. */
  add(names: ReadonlySet<string>, from: Position | undefined, seenAt: number): boolean {
    if (names.size === 0) return true;
    const waiting = this.#batches.reduce((sum, batch) => sum + batch.names.size, names.size);
    if (waiting <= MOST_NAMES) {
      this.#batches.push({ names, from, seenAt, rounds: 0 });
      return true;
    }
    const [oldest] = this.#batches;
    this.#batches = [{ names: new Set([this.everything]), from: oldest ? oldest.from : from, seenAt, rounds: 0 }];
    return false;
  }

  /** Forgets every change. */
  clear(): void {
    this.#batches = [];
  }

  /** Returns the position up to which every round was acknowledged, if every change up to `read` was added. */
  settled(read: Position): Position | undefined {
    const [first] = this.#batches;
    return first ? first.from : read;
  }

  /** Returns what is to be purged by now; `undefined` for nothing. */
  due(now: number): DuePurge | undefined {
    const batches = this.#batches.filter(({ rounds, seenAt }) => now - seenAt >= (ROUNDS_MS[rounds] ?? Infinity));
    if (batches.length === 0) return undefined;
    return {
      names: [...new Set(batches.flatMap(({ names }) => [...names]))],
      acknowledge: (sentAt) => {
        // A purge that was late is the purge of every round that was due when it was sent.
        for (const batch of batches) batch.rounds = ROUNDS_MS.filter((after) => sentAt - batch.seenAt >= after).length;
        while (this.#batches[0]?.rounds === ROUNDS_MS.length) this.#batches.shift();
      },
    };
  }
}
