import type fc from 'fast-check';
import { Counted, type Nth } from './scenario.js';

/** By how many turns a slow turn is delayed. */
const SLOW_BY = 25;
const MAX_TURNS = 20_000;

interface Waiting {
  readonly until: number;
  readonly go: () => void;
}

/** Runs events one at a time, in the order that a fast-check scheduler chooses. */
export class Scheduler {
  readonly #waiting: Waiting[] = [];
  #slow = new Counted();
  #inOrder = false;
  #taken = 0;

  constructor(
    private readonly scheduler: fc.Scheduler,
    /** The turns that are delayed. Chance alone hardly ever delays one turn behind ten others. */
    private readonly slow: readonly Nth[],
  ) {}

  /** Starts counting and ordering turns. Outside of `begin` and `end`, each turn runs at once. */
  begin(): void {
    this.#inOrder = true;
    this.#slow = new Counted(this.slow);
  }

  end(): void {
    this.#inOrder = false;
  }

  /** Resolves when the turn of the event `label` has come. */
  async take(label: string): Promise<void> {
    if (!this.#inOrder) return;
    if (this.#slow.next(label)) {
      await new Promise<void>((go) => this.#waiting.push({ until: this.#taken + SLOW_BY, go }));
    }
    await this.scheduler.schedule(Promise.resolve(), label);
  }

  /** Grants one turn after the other until all of `work` has ended. Calls `idle` whenever no turn is requested. */
  async drive(work: readonly Promise<void>[], idle: () => void): Promise<void> {
    let over = false;
    const all = Promise.all(work).finally(() => (over = true));
    all.catch(() => {});
    for (let turns = 0; turns < MAX_TURNS; turns += 1) {
      await new Promise(setImmediate);
      await this.#releaseSlowTurns();
      if (this.scheduler.count() > 0) await this.scheduler.waitNext(1);
      else if (over) return void (await all);
      else idle();
    }
    throw new Error(`The simulation did not end within ${MAX_TURNS} turns`);
  }

  async #releaseSlowTurns(): Promise<void> {
    this.#taken += 1;
    for (
      let [first] = this.#waiting;
      first && (first.until <= this.#taken || this.scheduler.count() === 0);
      [first] = this.#waiting
    ) {
      this.#waiting.shift();
      first.go();
      await new Promise(setImmediate);
    }
  }
}
