/** Time and chance as parameters, so that tests own both. */
export interface Clock {
  /** Milliseconds of a monotonic clock. Only differences mean anything. */
  now(): number;
  /** A random number from 0 (included) to 1 (excluded). */
  random(): number;
  /** Calls `act` every `ms` milliseconds until the answered function is called. It keeps no process alive. */
  every(ms: number, act: () => void): () => void;
  /** Resolves after `ms` milliseconds. */
  sleep(ms: number): Promise<void>;
  /** 16 hex digits that were never drawn before: an id of an attempt, a version of a tag. */
  id(): string;
}

/** The time of day, in milliseconds since 1970: for dates that are sent, never for the age of an entry. */
export function wallClock(): number {
  return Date.now();
}

const POOL_BYTES = 4_096;
const ID_BYTES = 8;

/** The clock of the running process. */
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
    // One call for many ids: each call into the system's random source costs more than the id itself.
    if (this.#used === POOL_BYTES) {
      crypto.getRandomValues(this.#pool);
      this.#used = 0;
    }
    const bytes = this.#pool.subarray(this.#used, this.#used + ID_BYTES);
    this.#used += ID_BYTES;
    return Buffer.from(bytes.buffer, bytes.byteOffset, ID_BYTES).toString('hex');
  }
}
