import { FreshnessProof } from '../coherence/freshness-proof.js';
import type { InFlightRead } from '../coherence/in-flight-reads.js';
import type { CacheRuntime } from '../cache-runtime.js';
import type { ReadResult } from '../read-result.js';
import type { ReadRequest } from './read-request.js';

interface Flight<V> {
  readonly proof: FreshnessProof;
  readonly result: Promise<ReadResult<V>>;
}

/** The reads in flight of one cache, at most one per entry for others to join. */
export class Flights<V> {
  readonly #flights = new Map<string, Flight<V>>();

  constructor(private readonly runtime: CacheRuntime) {}

  /**
   * Returns the result of the read in flight; `undefined` without one, or when its result may be older than an acknowledged write.
   * Joining a flight is a read of L1, so the same proof decides. Nothing is awaited between a failed `join` and `start`.
   */
  join({ record }: ReadRequest<V>): Promise<ReadResult<V>> | undefined {
    const flight = this.#flights.get(record.key);
    return flight?.proof.isValid ? flight.result : undefined;
  }

  /** Starts a read that later reads may join. */
  start(
    { record, tags }: ReadRequest<V>,
    read: (inFlightRead: InFlightRead) => Promise<ReadResult<V>>,
  ): Promise<ReadResult<V>> {
    const proof = new FreshnessProof(this.runtime, [record.key, ...tags]);
    const result = this.#run(record.key, proof, read);
    this.#flights.set(record.key, { proof, result });
    return result;
  }

  async #run(
    recordKey: string,
    proof: FreshnessProof,
    read: (inFlightRead: InFlightRead) => Promise<ReadResult<V>>,
  ): Promise<ReadResult<V>> {
    try {
      return await read(proof.inFlightRead);
    } finally {
      proof.release();
      if (this.#flights.get(recordKey)?.proof === proof) this.#flights.delete(recordKey);
    }
  }
}
