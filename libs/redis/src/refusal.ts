import { errorCode, isRefusal } from './error-code.js';

/** The time between two heartbeats, in milliseconds, unless the options set another. */
export const HEARTBEAT_MS = 250;
/** How long a refusal counts, in milliseconds. The invalidation channel repeats the refusal of a write with each of its heartbeats. */
const COUNTS_MS = 3_000;

/**
 * Remembers by which word a server that is up refuses operations. The connections of a process to one server share it. It counts
 * heartbeats, because a refusal has not ended while the event loop stood still.
 */
export class Refusal {
  #code: string | undefined;
  #beats = 0;
  readonly #countedBeats: number;

  constructor(heartbeatMs: number = HEARTBEAT_MS) {
    this.#countedBeats = Math.max(2, COUNTS_MS / heartbeatMs);
  }

  /** The first word of the last refusal, while it counts. */
  get code(): string | undefined {
    return this.#beats < this.#countedBeats ? this.#code : undefined;
  }

  /** Remembers the error, if it is a refusal. */
  note(error: unknown): void {
    this.noteCode(errorCode(error));
  }

  noteCode(code: string): void {
    if (!isRefusal(code)) return;
    this.#code = code;
    this.#beats = 0;
  }

  beat(): void {
    this.#beats += 1;
  }
}
