import type { Clock } from '../clock.js';
import type { Coherence } from './coherence.js';
import { FreshnessProof } from './freshness-proof.js';
import type { InFlightRead } from './in-flight-reads.js';

interface Flight<T> {
  readonly proof: FreshnessProof;
  readonly result: Promise<T>;
}

/** Reads in flight, at most one per record for others to join. */
export class Flights<T> {
  readonly #flights = new Map<string, Flight<T>>();

  constructor(private readonly parts: { readonly coherence: Coherence; readonly clock: Clock }) {}

  /**
   * Returns the result of the read in flight; `undefined` without one, or when its result may be older than an acknowledged write.
   * Joining a flight is a read of L1, so the same proof decides. Await nothing between a `join` that fails and `start`.
   */
  join(recordKey: string): Promise<T> | undefined {
    const flight = this.#flights.get(recordKey);
    return flight?.proof.isValid ? flight.result : undefined;
  }

  /** Starts a read that later reads may join. `tags` are the record keys of all tags of the entry. */
  start(recordKey: string, tags: readonly string[], read: (inFlightRead: InFlightRead) => Promise<T>): Promise<T> {
    const proof = new FreshnessProof(this.parts, [recordKey, ...tags]);
    const result = this.#run(recordKey, proof, read);
    this.#flights.set(recordKey, { proof, result });
    return result;
  }

  async #run(recordKey: string, proof: FreshnessProof, read: (inFlightRead: InFlightRead) => Promise<T>): Promise<T> {
    try {
      return await read(proof.inFlightRead);
    } finally {
      proof.release();
      if (this.#flights.get(recordKey)?.proof === proof) this.#flights.delete(recordKey);
    }
  }
}
