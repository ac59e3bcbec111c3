import { setTimeout as pause } from 'node:timers/promises';

/** An error of the origin. */
export class OriginError extends Error {
  override readonly name: string = 'OriginError';
}

/** The origin refused a write and changed nothing. */
export class OriginRefusal extends OriginError {
  override readonly name = 'OriginRefusal';
  readonly status = 409;
}

/** The longest pause before and after a change, in milliseconds. */
const SLOWEST_CHANGE_MS = 5;

/** The calls of one process to its database. Some are slow, so that a value may be outdated when it arrives. */
export class Origin {
  calls = 0;
  longestMs = 0;
  /** How long the slowest loads take, in milliseconds. */
  slowestMs = 0;
  /** The share of calls that fail, from 0 to 1. */
  failing = 0;

  async load<T>(query: () => Promise<T>): Promise<T> {
    this.calls += 1;
    const startedAt = performance.now();
    const value = await query();
    await sometimes(this.slowestMs);
    // A load fails after its query, when it has taken time and holds a lease.
    if (Math.random() < this.failing) throw new OriginError();
    this.longestMs = Math.max(this.longestMs, performance.now() - startedAt);
    return value;
  }

  /** Runs a statement that commits at once. */
  async change<T>(statement: () => Promise<T>): Promise<T> {
    await sometimes(SLOWEST_CHANGE_MS);
    if (Math.random() < this.failing) throw new OriginRefusal();
    const changed = await statement();
    // The change is committed, and the cache is not invalidated yet.
    await sometimes(SLOWEST_CHANGE_MS);
    return changed;
  }
}

/** Waits in one case of five, for up to `ms` milliseconds. */
async function sometimes(ms: number): Promise<void> {
  if (Math.random() < 0.2) await pause(Math.random() * ms);
}
