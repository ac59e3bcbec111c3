import type { Clock } from '../clock.js';

/** How far the outbox was followed: by the caches, or by the purges of a CDN. */
export interface OutboxState {
  /** Every change that was committed before this time ago is applied, in milliseconds. Until the first poll: the time since the start. */
  readonly lagMs: number;
  /** Why the last poll failed. `undefined` after a poll that succeeded. */
  readonly lastError: string | undefined;
}

/** How far this process has followed the outbox of the database. */
export class OutboxStatus {
  #appliedAt: number | undefined;
  #lastError: string | undefined;

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  /** Every change that was committed before this time of the clock is applied. `undefined` in a process that does not follow the outbox. */
  get appliedAt(): number | undefined {
    return this.#appliedAt;
  }

  /** `undefined` in a process that does not follow the outbox. */
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
