import type { Kind, Operation } from './operation.js';
import { type Stall, stalledMs } from '../worker/loop-stalls.js';
import { RowWrites } from './row-writes.js';

/** How many milliseconds a read may lag behind an acknowledged write. */
export interface Bound {
  readonly strong: number;
  readonly read: number;
  /**
   * Whether the lag of a default read counts only the time in which its process ran, because a stopped process receives no
   * message. `maxStaleness` is no such bound: it holds by the clock. @default false
   */
  readonly awake?: boolean;
  /** Whether pending writes of other processes count too. Redis answers then, or it would be impossible. @default false */
  readonly pendingCounts?: boolean;
}

/** For each process, when it did not run. */
export type Stalls = ReadonlyMap<number, readonly Stall[]>;

/** The promise to reads that begin after `from` and before the next phase. A process always reads its own writes. */
export interface Phase {
  readonly name: string;
  readonly from: number;
  /** How far reads may lag behind writes of other processes. Pending writes count only if the bound says so. */
  readonly bound: Bound;
  /** Whether all earlier pending writes are applied when the phase begins. */
  readonly settled: boolean;
}

export type Rule =
  | 'two writes made one version'
  | 'a version was made after a newer one'
  | 'the version that was read was never written'
  | 'read before it was written'
  | 'did not read its own write'
  | 'older than promised'
  | 'a strong read went back in time';

export interface Violation {
  readonly rule: Rule;
  readonly phase: string;
  readonly operation: Operation;
  /** The time since the acknowledgement of the oldest write that the read missed. */
  readonly lagMs: number;
}

/** Counts how often reads of one kind lagged behind an acknowledged write, and how far. */
export class Staleness {
  readonly over = { 0: 0, 5: 0, 50: 0, 200: 0, 1000: 0 };
  oldestMs = 0;

  count(lagMs: number): void {
    if (lagMs > 0) this.over[0] += 1;
    if (lagMs > 5) this.over[5] += 1;
    if (lagMs > 50) this.over[50] += 1;
    if (lagMs > 200) this.over[200] += 1;
    if (lagMs > 1_000) this.over[1000] += 1;
    this.oldestMs = Math.max(this.oldestMs, lagMs);
  }
}

export interface PhaseFigures {
  readonly strong: Staleness;
  readonly read: Staleness;
  /** The oldest reads of each kind, of the writes that the promise includes. */
  readonly promisedMs: Record<Exclude<Kind, 'write'>, number>;
  reads: number;
  writes: number;
  pendingWrites: number;
  /** Reads that missed a write of their own process. */
  ownMissed: number;
}

export interface Verdict {
  readonly phases: ReadonlyMap<string, PhaseFigures>;
  /** The first violations; `violated` counts all of them. */
  readonly violations: readonly Violation[];
  readonly violated: number;
}

const MOST_VIOLATIONS = 10;

/**
 * Checks reads against writes, in time linear in both. The versions of a row are unique and ordered, so a read of version 7 missed
 * exactly the writes of version 8 and above, and the first acknowledgement among them gives the lag.
 */
export function checkHistory(
  operations: Iterable<Operation>,
  phases: readonly Phase[],
  stalls: Stalls = new Map(),
): Verdict {
  const history = new HistoryCheck(phases, stalls);
  for (const operation of operations) if (operation.kind === 'write') history.learn(operation);
  history.checkWrites();
  for (const operation of operations) if (operation.kind !== 'write') history.check(operation, operation.kind);
  return history.verdict();
}

class HistoryCheck {
  readonly #rows = new Map<number, RowWrites>();
  readonly #lastStrong = new Map<string, number>();
  readonly #figures: ReadonlyMap<string, PhaseFigures>;
  readonly #violations: Violation[] = [];
  #violated = 0;

  constructor(
    private readonly phases: readonly Phase[],
    private readonly stalls: Stalls,
  ) {
    this.#figures = new Map(phases.map(({ name }) => [name, noFigures()]));
  }

  learn(write: Operation): void {
    const { figures } = this.#phaseOf(write);
    figures.writes += 1;
    if (write.pending) figures.pendingWrites += 1;
    if (!this.#row(write.key).add(write)) this.#violate('two writes made one version', write, 0);
  }

  checkWrites(): void {
    for (const row of this.#rows.values()) {
      row.close();
      for (const write of row.writes()) {
        if (row.lag(write.version, write.start) > 0) this.#violate('a version was made after a newer one', write, 0);
      }
    }
  }

  check(read: Operation, kind: Exclude<Kind, 'write'>): void {
    const { phase, figures } = this.#phaseOf(read);
    const row = this.#row(read.key);
    figures.reads += 1;
    this.#checkOrigin(row, read);

    const lagMs = row.lag(read.version, read.start);
    figures[kind].count(lagMs);
    const ownLagMs = row.lag(read.version, read.start, read.instance);
    const { pendingCounts = phase.settled && read.start - lagMs < phase.from } = phase.bound;
    const oldest = pendingCounts ? 'all' : 'applied';
    if (ownLagMs > 0) {
      figures.ownMissed += 1;
      this.#violate('did not read its own write', read, ownLagMs);
    }
    const promisedMs = this.#promisedLag(read, row.lag(read.version, read.start, oldest), phase.bound);
    figures.promisedMs[kind] = Math.max(figures.promisedMs[kind], promisedMs);
    if (ownLagMs === 0 && promisedMs > phase.bound[kind]) this.#violate('older than promised', read, lagMs);
    if (kind === 'strong' && phase.settled) this.#checkSession(row, read);
  }

  verdict(): Verdict {
    return { phases: this.#figures, violations: this.#violations, violated: this.#violated };
  }

  #checkOrigin(row: RowWrites, read: Operation): void {
    const begunAt = row.begunAt(read.version);
    if (begunAt === undefined) {
      // A failed write may have reached the database with a version that no process recorded.
      if (!row.unknownBefore(read.end)) this.#violate('the version that was read was never written', read, 0);
    } else if (read.end < begunAt) this.#violate('read before it was written', read, 0);
  }

  /** Returns the part of a lag that the bound limits. */
  #promisedLag({ kind, instance, start }: Operation, lagMs: number, { awake = false }: Bound): number {
    if (lagMs === 0 || !awake || kind === 'strong') return lagMs;
    return lagMs - stalledMs(this.stalls.get(instance) ?? [], start - lagMs, start);
  }

  /** Checks that a strong read is not older than an earlier one of its session, unless that one read a pending write. */
  #checkSession(row: RowWrites, read: Operation): void {
    const session = `${read.instance}:${read.session}:${read.key}`;
    const last = this.#lastStrong.get(session) ?? 0;
    if (read.version >= last) this.#lastStrong.set(session, read.version);
    else if (row.applied(last)) this.#violate('a strong read went back in time', read, 0);
  }

  #row(key: number): RowWrites {
    const known = this.#rows.get(key);
    if (known) return known;
    const row = new RowWrites();
    this.#rows.set(key, row);
    return row;
  }

  #phaseOf({ start }: Operation): { readonly phase: Phase; readonly figures: PhaseFigures } {
    const phase = this.phases.findLast(({ from }) => from <= start);
    const figures = phase && this.#figures.get(phase.name);
    if (!figures) throw new Error('An operation began before the first phase did.');
    return { phase, figures };
  }

  #violate(rule: Rule, operation: Operation, lagMs: number): void {
    this.#violated += 1;
    if (this.#violations.length >= MOST_VIOLATIONS) return;
    this.#violations.push({ rule, phase: this.#phaseOf(operation).phase.name, operation, lagMs });
  }
}

function noFigures(): PhaseFigures {
  const promisedMs = { strong: 0, read: 0 };
  return {
    strong: new Staleness(),
    read: new Staleness(),
    promisedMs,
    reads: 0,
    writes: 0,
    pendingWrites: 0,
    ownMissed: 0,
  };
}
