/** A row of the origin. Its versions count up from 0, so an old value is recognised. */
export type Row = 'a' | 'b';
export const ROWS: readonly Row[] = ['a', 'b'];

/** The entries that a change invalidates: the entry of its row, and the list of all rows. */
export type Covered = 'item' | 'list';

/** An acknowledged change, and the readers that must see it. */
export interface Acknowledged {
  readonly row: Row;
  readonly version: number;
  /** Time of the acknowledgement, in milliseconds of the clock. */
  readonly at: number;
  /** The process that changed it. */
  readonly by: number;
  readonly covers: readonly Covered[];
  /** Whether the store has applied it. Until then it is pending, and binds only the process that made it. */
  readonly applied: boolean;
  /** Whether its writer was lost after the commit. It then binds strong reads, and other reads after `maxStaleness`. */
  readonly orphaned?: boolean;
}

export interface Reader {
  readonly process: number;
  readonly strong: boolean;
  /** Whether the process receives no messages: its values may be older, within `maxStaleness`. */
  readonly messagesLost: boolean;
}

/** Records the commits and acknowledgements, and checks each value read against them. */
export class History {
  readonly #committed = new Map<Row, number>();
  #acknowledged: Acknowledged[] = [];

  constructor(private readonly maxStalenessMs: number) {}

  newest(row: Row): number {
    return this.#committed.get(row) ?? 0;
  }

  commit(row: Row): number {
    const version = this.newest(row) + 1;
    this.#committed.set(row, version);
    return version;
  }

  acknowledge(change: Acknowledged): void {
    this.#acknowledged.push(change);
  }

  /** Records that the store has applied all pending changes of a process. */
  applied(by: number): void {
    this.#acknowledged = this.#acknowledged.map((change) => (change.by === by ? { ...change, applied: true } : change));
  }

  /** Returns the oldest version that a read which begins at `now` may return. */
  oldest(row: Row, covered: Covered, { process, strong, messagesLost }: Reader, now: number): number {
    const bound = now - this.maxStalenessMs;
    const binding = this.#acknowledged.filter(({ by, at, applied, orphaned, ...change }) => {
      if (change.row !== row || !change.covers.includes(covered)) return false;
      if (orphaned) return strong || at <= bound;
      return by === process || (applied && (strong || !messagesLost || at <= bound));
    });
    return Math.max(0, ...binding.map(({ version }) => version));
  }

  /** Checks a value read. @throws if it is older than allowed, or newer than the newest commit. */
  judge(row: Row, found: unknown, oldest: number | undefined): void {
    if (typeof found !== 'number' || oldest === undefined) throw new Error(`Read ${String(found)} of ${row}`);
    if (found < oldest) throw new Error(`Read version ${found} of ${row}, although ${oldest} was acknowledged before`);
    if (found > this.newest(row))
      throw new Error(`Read version ${found} of ${row}, although ${this.newest(row)} is the newest`);
  }
}
