import type { Clock } from '../clock.js';

/** What `/health` reports of the outbox. */
export interface OutboxState {
  /** Every change that was committed before this time ago is applied, in milliseconds. Until the first poll: the time since the start. */
  readonly lagMs: number;
  /** Why the last poll failed. `undefined` after a poll that succeeded. */
  readonly lastError: string | undefined;
}

/** How far this process has followed the outbox of the database. */
export class OutboxStatus {
  /** `undefined` in a process without a relay. */
  #appliedAt: number | undefined;
  #lastError: string | undefined;

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  /** `undefined` in a process without a relay. */
  get state(): OutboxState | undefined {
    if (this.#appliedAt === undefined) return undefined;
    return { lagMs: Math.round(this.clock.now() - this.#appliedAt), lastError: this.#lastError };
  }

  /** Called when a relay starts in this process, and after each poll: every change that was committed before `at` is applied. */
  applied(at: number): void {
    this.#appliedAt = at;
    this.#lastError = undefined;
  }

  /** Returns whether the error is another one than the last. */
  failed(error: string): boolean {
    const isNew = this.#lastError !== error;
    this.#lastError = error;
    return isNew;
  }
}
