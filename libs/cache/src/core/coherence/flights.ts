import type { Coherence } from './coherence.js';
import type { InFlightRead } from './in-flight-reads.js';

interface Flight<T> {
  readonly read: InFlightRead;
  readonly result: Promise<T>;
}

/** The promise of the callers that joined. */
interface Joined<T> {
  readonly promise: Promise<T>;
  resolve(result: T): void;
  reject(error: unknown): void;
}

/** A read whose result its caller sets. Without a caller that joins, it has no promise. */
export class OpenFlight<T> implements Flight<T> {
  #joined: Joined<T> | undefined;

  constructor(
    readonly read: InFlightRead,
    private readonly leave: () => void,
  ) {}

  get result(): Promise<T> {
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
    return this.has(recordKey) ? this.#flights.get(recordKey)?.result : undefined;
  }

  /** Whether {@link join} would return a result. */
  has(recordKey: string): boolean {
    return this.#flights.get(recordKey)?.read.isCurrent ?? false;
  }

  /** Opens a read that later reads may join if it is `shared`. `tags` are the record keys of all tags of the entry. */
  open(recordKey: string, tags: readonly string[], shared: boolean): OpenFlight<T> {
    const read = this.coherence.beginRead(tags, recordKey);
    const flight = new OpenFlight<T>(read, () => this.#leave(recordKey, read));
    if (shared) this.#flights.set(recordKey, flight);
    return flight;
  }

  /** Starts a read that later reads may join. `tags` are the record keys of all tags of the entry. */
  start(recordKey: string, tags: readonly string[], run: (read: InFlightRead) => Promise<T>): Promise<T> {
    const read = this.coherence.beginRead(tags, recordKey);
    const result = this.#run(recordKey, read, run);
    this.#flights.set(recordKey, { read, result });
    return result;
  }

  async #run(recordKey: string, read: InFlightRead, run: (read: InFlightRead) => Promise<T>): Promise<T> {
    try {
      return await run(read);
    } finally {
      this.#leave(recordKey, read);
    }
  }

  #leave(recordKey: string, read: InFlightRead): void {
    read.end();
    if (this.#flights.get(recordKey)?.read === read) this.#flights.delete(recordKey);
  }
}
