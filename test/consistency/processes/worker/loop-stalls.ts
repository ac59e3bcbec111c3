import { machineNow } from '../../../support/processes/machine-clock.js';

/** From when to when a process did not run, by `machineNow`: it heard nothing, and answered nothing. */
export interface Stall {
  readonly from: number;
  readonly to: number;
  /** Whether it was told to: not because the machine was busy. */
  readonly meant: boolean;
}

const TURN_MS = 5;
/** Turns are late by less on a machine that is only busy. */
const NOTICED_MS = 5;

/** Notes when the event loop of this process stood still, be it busy or without a processor. */
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

  /** Keeps the loop busy. */
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

/** For how many milliseconds between two moments one of the stalls lasted. They may overlap. */
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
