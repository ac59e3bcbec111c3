import type { Coherence } from './coherence.js';
import type { InFlightRead } from './in-flight-reads.js';

interface Flight<T> {
  readonly read: InFlightRead;
  readonly result: Promise<T>;
}

/** Reads in flight that later reads may join, at most one per record. */
export class Flights<T> {
  readonly #flights = new Map<string, Flight<T>>();

  constructor(private readonly coherence: Coherence) {}

  /**
   * Returns the result of the read in flight; `undefined` without one, or when its result may be older than an acknowledged write.
   * Await nothing between a `join` that fails and `start`.
   */
  join(recordKey: string): Promise<T> | undefined {
    const flight = this.#flights.get(recordKey);
    return flight?.read.isCurrent ? flight.result : undefined;
  }

  /** Starts a read that later reads may join. `tags` are the record keys of all tags of the entry. */
  start(recordKey: string, tags: readonly string[], run: (read: InFlightRead) => Promise<T>): Promise<T> {
    const read = this.coherence.beginRead([recordKey, ...tags]);
    const result = this.#run(recordKey, read, run);
    this.#flights.set(recordKey, { read, result });
    return result;
  }

  async #run(recordKey: string, read: InFlightRead, run: (read: InFlightRead) => Promise<T>): Promise<T> {
    try {
      return await run(read);
    } finally {
      read.end();
      if (this.#flights.get(recordKey)?.read === read) this.#flights.delete(recordKey);
    }
  }
}
