import type { Clock } from '../clock.js';
import { ShortLivedMap } from './short-lived-map.js';
import { Ticker } from './ticker.js';

/** How late a deadline may be noticed, in milliseconds. */
const CHECK_MS = 100;

/** Limits how long callers wait for work. All of it shares one timer, because nearly all work settles in time. */
export class Deadlines {
  /** When each call that is in progress expires, by what it is called then. */
  readonly #dueAt = new ShortLivedMap<() => void, number>();
  readonly #ticker: Ticker;

  constructor(private readonly clock: Clock) {
    this.#ticker = new Ticker(clock, CHECK_MS, () => this.#check());
  }

  /** Settles as `work` does, or rejects with the error of `expired` after `ms` milliseconds. A late result of `work` is dropped. */
  async run<T>(work: () => Promise<T>, ms: number, expired: () => Error): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const expire = (): void => reject(expired());
    this.#dueAt.set(expire, this.clock.now() + ms);
    this.#ticker.start();
    try {
      work().then(resolve, reject);
      return await promise;
    } finally {
      this.#dueAt.delete(expire);
    }
  }

  #check(): boolean {
    const now = this.clock.now();
    for (const [expire, dueAt] of this.#dueAt.entries()) {
      if (dueAt > now) continue;
      this.#dueAt.delete(expire);
      expire();
    }
    return this.#dueAt.size > 0;
  }
}
