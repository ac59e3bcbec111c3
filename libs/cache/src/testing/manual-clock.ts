import type { Clock } from '../core/clock.js';

/** A clock that stands still until a test moves it, and ids that count. */
export class ManualClock implements Clock {
  #now = 0;
  #ids = 0;

  now(): number {
    return this.#now;
  }

  id(): string {
    this.#ids += 1;
    return this.#ids.toString(16).padStart(16, '0');
  }

  advance(ms: number): void {
    this.#now += ms;
  }
}
