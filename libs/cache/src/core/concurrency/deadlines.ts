import type { Clock } from '../clock.js';
import { Ticker } from './ticker.js';

/** How late a deadline may be noticed, in milliseconds. */
const CHECK_MS = 100;

interface Pending {
  readonly dueAt: number;
  readonly expire: () => void;
}

/** Limits how long callers wait for work. All of it shares one timer, because nearly all work settles in time. */
export class Deadlines {
  readonly #pending = new Set<Pending>();
  readonly #ticker: Ticker;

  constructor(private readonly clock: Clock) {
    this.#ticker = new Ticker(clock, CHECK_MS, () => this.#check());
  }

  /** Settles as `work` does, or rejects with the error of `expired` after `ms` milliseconds. A late result of `work` is dropped. */
  run<T>(work: () => Promise<T>, ms: number, expired: () => Error): Promise<T> {
    return new Promise((resolve, reject) => {
      const pending = { dueAt: this.clock.now() + ms, expire: () => reject(expired()) };
      work().then(
        (value) => {
          this.#pending.delete(pending);
          resolve(value);
        },
        (error: unknown) => {
          this.#pending.delete(pending);
          reject(error);
        },
      );
      this.#pending.add(pending);
      this.#ticker.start();
    });
  }

  #check(): boolean {
    const now = this.clock.now();
    for (const pending of this.#pending) {
      if (pending.dueAt > now) continue;
      this.#pending.delete(pending);
      pending.expire();
    }
    return this.#pending.size > 0;
  }
}
