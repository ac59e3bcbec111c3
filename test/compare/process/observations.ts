/** A read that began more than this many milliseconds after a write was acknowledged, and is older, missed the write. */
export const GRACE_MS = 200;

/** For each version of one row, in milliseconds of the machine's clock. */
interface Seen {
  /** When the last read of this version began. */
  readonly lastRead: Map<number, number>;
  readonly acknowledged: Map<number, number>;
}

export type SeenRow = readonly [key: string, seen: Seen];

export interface Staleness {
  readonly writes: number;
  /** Writes that a read missed that began more than {@link GRACE_MS} after the acknowledgement. */
  readonly missedWrites: number;
  /** The longest time between the acknowledgement of a write and a read that missed it. */
  readonly oldestMs: number;
}

/**
 * What was read and written, as little of it as says what was stale. Versions of a row are unique and ordered, so the write of a
 * version is missed by exactly the reads of lower ones, and of those only the last to begin matters. Time and space are linear.
 */
export class Observations {
  readonly #rows = new Map<string, Seen>();

  /** Joins the observations of several processes. */
  static of(parts: Iterable<SeenRow>): Observations {
    const all = new Observations();
    for (const [key, { lastRead, acknowledged }] of parts) {
      lastRead.forEach((start, version) => all.read(key, version, start));
      acknowledged.forEach((end, version) => all.wrote(key, version, end));
    }
    return all;
  }

  read(key: string, version: number, start: number): void {
    const { lastRead } = this.#row(key);
    lastRead.set(version, Math.max(start, lastRead.get(version) ?? Number.NEGATIVE_INFINITY));
  }

  wrote(key: string, version: number, end: number): void {
    this.#row(key).acknowledged.set(version, end);
  }

  /** Returns the rows in a form that can be sent to another process. */
  rows(): readonly SeenRow[] {
    return [...this.#rows];
  }

  staleness(): Staleness {
    let [writes, missedWrites, oldestMs] = [0, 0, 0];
    for (const { lastRead, acknowledged } of this.#rows.values()) {
      const newest = Math.max(0, ...lastRead.keys(), ...acknowledged.keys());
      let lastOlderRead = Number.NEGATIVE_INFINITY;
      for (let version = 0; version <= newest; version += 1) {
        const end = acknowledged.get(version);
        if (end !== undefined) {
          writes += 1;
          if (lastOlderRead - end > GRACE_MS) missedWrites += 1;
          oldestMs = Math.max(oldestMs, lastOlderRead - end);
        }
        lastOlderRead = Math.max(lastOlderRead, lastRead.get(version) ?? Number.NEGATIVE_INFINITY);
      }
    }
    return { writes, missedWrites, oldestMs };
  }

  #row(key: string): Seen {
    const known = this.#rows.get(key);
    if (known) return known;
    const seen: Seen = { lastRead: new Map(), acknowledged: new Map() };
    this.#rows.set(key, seen);
    return seen;
  }
}
