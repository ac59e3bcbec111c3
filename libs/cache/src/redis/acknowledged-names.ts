import type { Clock } from '../core/clock.js';

/** How long an acknowledgement is remembered at least, in milliseconds: longer than a failover takes. */
const KEPT_MS = 10_000;
/** More names than pending invalidations keep one by one: they invalidate all entries instead. */
const MAX_NAMES = 20_000;

/**
 * Remembers the records that the server has lately acknowledged as invalidated. A replica that becomes the master may not have
 * received the last of these changes, and a former master may still acknowledge changes that are lost.
 */
export class AcknowledgedNames {
  #current = new Set<string>();
  #previous = new Set<string>();
  #since: number;

  constructor(private readonly clock: Pick<Clock, 'now'>) {
    this.#since = clock.now();
  }

  add(recordKey: string): void {
    this.#forgetOld();
    if (this.#current.size < MAX_NAMES) this.#current.add(recordKey);
  }

  /** Returns the names of the last ten seconds, perhaps of twice as long, and forgets them. */
  take(): string[] {
    this.#forgetOld();
    const names = [...new Set([...this.#current, ...this.#previous])];
    this.#current.clear();
    this.#previous.clear();
    return names;
  }

  #forgetOld(): void {
    const ageMs = this.clock.now() - this.#since;
    if (ageMs < KEPT_MS) return;
    this.#previous = ageMs < 2 * KEPT_MS ? this.#current : new Set();
    this.#current = new Set();
    this.#since += ageMs;
  }
}
