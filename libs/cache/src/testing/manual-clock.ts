import type { Clock } from '../core/clock.js';

interface Sleeper {
  readonly wakesAt: number;
  readonly wake: () => void;
}

/** A clock that a test moves by hand. Its ids are counted up, and its random number is always 0.5. */
export class ManualClock implements Clock {
  readonly #sleepers = new Set<Sleeper>();
  #now = 0;
  #ids = 0;

  now(): number {
    return this.#now;
  }

  random(): number {
    return 0.5;
  }

  id(): string {
    this.#ids += 1;
    return this.#ids.toString(16).padStart(16, '0');
  }

  sleep(ms: number): Promise<void> {
    return new Promise((wake) => this.#sleepers.add({ wakesAt: this.#now + ms, wake }));
  }

  every(ms: number, act: () => void): () => void {
    const timer = { stopped: false };
    const run = async (): Promise<void> => {
      for (await this.sleep(ms); !timer.stopped; await this.sleep(ms)) act();
    };
    void run();
    return () => {
      timer.stopped = true;
    };
  }

  /** Moves time forward by `ms` milliseconds in one step, and wakes every sleeper that is due. */
  advance(ms: number): void {
    this.#now += ms;
    for (const sleeper of [...this.#sleepers].filter(({ wakesAt }) => wakesAt <= this.#now)) {
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }
}
