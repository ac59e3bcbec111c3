import type fc from 'fast-check';
import { Counted, type Nth } from './scenario.js';

/** How many turns of others pass by a slow one. */
const SLOW_BY = 25;
const MOST_TURNS = 20_000;

interface Waiting {
  readonly until: number;
  readonly go: () => void;
}

/** One thing happens after the other, in the order that a scheduler comes up with. */
export class Scheduler {
  readonly #waiting: Waiting[] = [];
  #slow = new Counted();
  #inOrder = false;
  #taken = 0;

  constructor(
    private readonly scheduler: fc.Scheduler,
    /** Which turns come up late. Chance alone hardly ever lets ten pass by a single one. */
    private readonly slow: readonly Nth[],
  ) {}

  /** From here on turns are counted, and given one at a time. Outside of that nothing is to be found out: each comes at once. */
  begin(): void {
    this.#inOrder = true;
    this.#slow = new Counted(this.slow);
  }

  end(): void {
    this.#inOrder = false;
  }

  /** Resolves when it is the turn of what `label` names. */
  async take(label: string): Promise<void> {
    if (!this.#inOrder) return;
    if (this.#slow.next(label)) {
      await new Promise<void>((go) => this.#waiting.push({ until: this.#taken + SLOW_BY, go }));
    }
    await this.scheduler.schedule(Promise.resolve(), label);
  }

  /** Gives one turn after the other until all of `work` has ended. Where nobody waits for one, `idle` is called. */
  async drive(work: readonly Promise<void>[], idle: () => void): Promise<void> {
    let over = false;
    const all = Promise.all(work).finally(() => (over = true));
    all.catch(() => {});
    for (let turns = 0; turns < MOST_TURNS; turns += 1) {
      await new Promise(setImmediate);
      await this.#letSlowOnesGo();
      if (this.scheduler.count() > 0) await this.scheduler.waitNext(1);
      else if (over) return void (await all);
      else idle();
    }
    throw new Error(`Not over after ${MOST_TURNS} turns`);
  }

  async #letSlowOnesGo(): Promise<void> {
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
