import { errorCode, isRefusal } from './error-code.js';

/** How many heartbeats a refusal counts: 3 s. The invalidation channel repeats the refusal of a write with each of its heartbeats. */
const COUNTS_BEATS = 12;

/**
 * Remembers by which word a server that is up refuses operations. The connections of a process to one server share it. It counts
 * heartbeats, because a refusal has not ended while the event loop stood still.
 */
export class Refusal {
  #code: string | undefined;
  #beats = 0;

  /** The first word of the last refusal, while it counts. */
  get code(): string | undefined {
    return this.#beats < COUNTS_BEATS ? this.#code : undefined;
  }

  /** Remembers the error, if it is a refusal. */
  note(error: unknown): void {
    const code = errorCode(error);
    if (!isRefusal(code)) return;
    this.#code = code;
    this.#beats = 0;
  }

  beat(): void {
    this.#beats += 1;
  }
}
