import { machineNow } from '../../../support/processes/machine-clock.js';

/** A time in which a process did not run, and so neither received nor sent anything. Times are from `machineNow`. */
export interface Stall {
  readonly from: number;
  readonly to: number;
  /** Whether the test blocked it, as opposed to a busy machine. */
  readonly meant: boolean;
}

const TURN_MS = 5;
/** On a busy machine, turns are late by less. */
const NOTICED_MS = 5;

/** Records when the event loop of this process did not turn, because it was blocked or had no processor. */
export class LoopStalls {
  readonly #stalls: Stall[] = [];
  #lastTurn = machineNow();
  #meant = false;

  readonly #turns = setInterval(() => this.#turn(), TURN_MS);

  get all(): readonly Stall[] {
    return this.#stalls;
  }

  end(): void {
    clearInterval(this.#turns);
  }

  /** Blocks the event loop. */
  block(ms: number): void {
    this.#meant = true;
    const end = machineNow() + ms;
    while (machineNow() < end);
  }

  #turn(): void {
    const now = machineNow();
    const dueAt = this.#lastTurn + TURN_MS;
    if (now - dueAt > NOTICED_MS) {
      this.#stalls.push({ from: dueAt, to: now, meant: this.#meant });
      this.#meant = false;
    }
    this.#lastTurn = now;
  }
}

type Span = Pick<Stall, 'from' | 'to'>;

/** Returns how many milliseconds between two moments belong to a stall. Stalls may overlap. */
export function stalledMs(stalls: readonly Span[], from: number, to: number): number {
  let [sum, until] = [0, from];
  for (const stall of stalls.toSorted((one, other) => one.from - other.from)) {
    const [begin, end] = [Math.max(until, stall.from), Math.min(to, stall.to)];
    if (end <= begin) continue;
    sum += end - begin;
    until = end;
  }
  return sum;
}
