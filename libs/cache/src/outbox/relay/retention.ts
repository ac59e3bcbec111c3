import type { Clock } from '../../core/clock.js';
import type { OutboxTable, Position } from './outbox-table.js';

/** How long changes are retained at least, in milliseconds: longer than an instance is usually cut off. */
export const LEAST_RETENTION_MS = 900_000;

const RUN_EVERY_MS = 60_000;
/** The most portions of one run, so that a run after a pause does not keep the database busy. */
const MOST_PORTIONS = 100;

/**
 * Deletes the changes that were visible before the time of retention. A change of a long transaction becomes visible long after it was
 * made, so its own time says nothing: the positions that this process has noted decide.
 */
export class Retention {
  readonly #noted: Position[] = [];
  #stop: () => void = () => {};

  constructor(
    private readonly table: Pick<OutboxTable, 'now' | 'delete'>,
    private readonly clock: Clock,
    private readonly retentionMs: () => number,
  ) {}

  start(): void {
    // Another instance, or the next run, deletes what this one has not.
    this.#stop = this.clock.every(RUN_EVERY_MS, () => void this.run().catch(() => {}));
  }

  stop(): void {
    this.#stop();
  }

  /** Notes the present position, and deletes the changes that were visible at a noted one that is old enough. */
  async run(): Promise<void> {
    const now = await this.table.now();
    this.#noted.push(now);
    const isOld = ({ at }: Position): boolean => now.at - at >= this.retentionMs();
    const old = this.#noted.findLast(isOld);
    if (!old) return;
    while (this.#noted[0] !== old) this.#noted.shift();
    for (let portion = 0; portion < MOST_PORTIONS; portion += 1) if ((await this.table.delete(old)) === 0) return;
  }
}
