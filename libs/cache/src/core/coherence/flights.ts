import type { Coherence } from './coherence.js';
import type { InFlightRead } from './in-flight-reads.js';

/** The promise of the callers that joined. */
interface Joined<T> {
  readonly promise: Promise<T>;
  resolve(result: T): void;
  reject(error: unknown): void;
}

/** A read in flight. Its result comes from its work, or its caller sets it. Then it has no promise without a caller that joins. */
export class Flight<T> {
  /** Settles with the result, and calls {@link leave} when it ends. `undefined` if the caller sets the result. */
  work: Promise<T> | undefined;
  #joined: Joined<T> | undefined;

  constructor(
    readonly read: InFlightRead,
    private readonly recordKey: string,
    /** All flights that callers may join. */
    private readonly flights: Map<string, Flight<T>>,
  ) {}

  get result(): Promise<T> {
    if (this.work) return this.work;
    this.#joined ??= Promise.withResolvers<T>();
    return this.#joined.promise;
  }

  resolve(result: T): void {
    this.leave();
    this.#joined?.resolve(result);
  }

  reject(error: unknown): void {
    this.leave();
    this.#joined?.reject(error);
  }

  /** Ends the read: no caller joins it from now on. */
  leave(): void {
    this.read.end();
    if (this.flights.get(this.recordKey) === this) this.flights.delete(this.recordKey);
  }
}

/** Reads in flight that later reads may join, at most one per record. */
export class Flights<T> {
  readonly #flights = new Map<string, Flight<T>>();

  constructor(private readonly coherence: Coherence) {}

  /**
   * Returns the read in flight; `undefined` without one, or when its result may be older than an acknowledged write. Await nothing
   * between a `find` that fails and `open`.
   */
  find(recordKey: string): Flight<T> | undefined {
    const flight = this.#flights.get(recordKey);
    return flight?.read.isCurrent ? flight : undefined;
  }

  /** Opens a read that later reads may join if it is `shared`. `tags` are the record keys of all tags of the entry. */
  open(recordKey: string, tags: readonly string[], shared: boolean): Flight<T> {
    const flight = new Flight(this.coherence.beginRead(tags, recordKey), recordKey, this.#flights);
    if (shared) this.#flights.set(recordKey, flight);
    return flight;
  }
}
