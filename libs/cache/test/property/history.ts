/** A row of the origin. Its versions count from 0, so an answer that is too old shows. */
export type Row = 'a' | 'b';
export const ROWS: readonly Row[] = ['a', 'b'];

/** What a change is said to hold for: the entry of its row, and the list of all rows. */
export type Covered = 'item' | 'list';

/** A change that was acknowledged, and whose readers see it. */
export interface Acknowledged {
  readonly row: Row;
  readonly version: number;
  /** When, in milliseconds of the clock. */
  readonly at: number;
  /** Which process changed it. */
  readonly by: number;
  readonly covers: readonly Covered[];
  /** Whether the store has it; until then it is pending, and holds for the writer's own process alone. */
  readonly applied: boolean;
  /** Its writer was lost after the commit: others know by its intent, and reads of L1 within the bound. */
  readonly orphaned?: boolean;
}

export interface Reader {
  readonly process: number;
  readonly strong: boolean;
  /** It hears of no write: what it holds may be older, within the bound. */
  readonly deaf: boolean;
}

/** What was committed and acknowledged, against which each answer is held. */
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

  /** What was pending in a process is in the store now. */
  applied(by: number): void {
    this.#acknowledged = this.#acknowledged.map((change) => (change.by === by ? { ...change, applied: true } : change));
  }

  /** The oldest version that a read which begins `now` may answer. */
  oldest(row: Row, covered: Covered, { process, strong, deaf }: Reader, now: number): number {
    const bound = now - this.maxStalenessMs;
    const known = this.#acknowledged.filter(({ by, at, applied, orphaned, ...change }) => {
      if (change.row !== row || !change.covers.includes(covered)) return false;
      if (orphaned) return strong || at <= bound;
      return by === process || (applied && (strong || !deaf || at <= bound));
    });
    return Math.max(0, ...known.map(({ version }) => version));
  }

  /** @throws when the answer is older than it may be, or newer than anything. */
  judge(row: Row, found: unknown, oldest: number | undefined): void {
    if (typeof found !== 'number' || oldest === undefined) throw new Error(`Read ${String(found)} of ${row}`);
    if (found < oldest) throw new Error(`Read version ${found} of ${row}, although ${oldest} was acknowledged before`);
    if (found > this.newest(row))
      throw new Error(`Read version ${found} of ${row}, although ${this.newest(row)} is the newest`);
  }
}
