/** Supplies time, timers and randomness, so that tests can control them. */
export interface Clock {
  /** Returns the milliseconds of a monotonic clock. Only differences are meaningful. */
  now(): number;
  /** Returns a random number from 0 (included) to 1 (excluded). */
  random(): number;
  /** Calls `act` every `ms` milliseconds until the returned function is called. The timer keeps no process alive. */
  every(ms: number, act: () => void): () => void;
  /** Resolves after `ms` milliseconds. */
  sleep(ms: number): Promise<void>;
  /** Returns a unique id of 16 hex digits: the token of an attempt, the version of a tag. */
  id(): string;
}

/** Returns the time of day, in milliseconds since 1970. Use it for dates in messages, never for the age of an entry. */
export function wallClock(): number {
  return Date.now();
}

const POOL_BYTES = 4_096;
const ID_BYTES = 8;
/** Each byte as two hex digits. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Reads the clock and the random source of the operating system. */
export class SystemClock implements Clock {
  readonly #pool = new Uint8Array(POOL_BYTES);
  #used = POOL_BYTES;

  now(): number {
    return performance.now();
  }

  random(): number {
    return Math.random();
  }

  every(ms: number, act: () => void): () => void {
    const timer = setInterval(act, ms).unref();
    return () => clearInterval(timer);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }

  id(): string {
    // One call for many ids: a call into the system's random source costs more than the id itself.
    if (this.#used === POOL_BYTES) {
      crypto.getRandomValues(this.#pool);
      this.#used = 0;
    }
    const end = this.#used + ID_BYTES;
    let id = '';
    for (; this.#used < end; this.#used += 1) id += HEX[this.#pool[this.#used] ?? 0];
    return id;
  }
}
