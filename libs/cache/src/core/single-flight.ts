/**
 * At most one run a key at a time; whoever asks meanwhile shares its result.
 *
 * The promise itself is what is shared, so there is no lock to lose: it leaves the map when it settles, or when it is
 * detached and later callers start anew.
 */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Promise<T>>();

  /** The run under way for `key`, if there is one. */
  join(key: string): Promise<T> | undefined {
    return this.#flights.get(key);
  }

  run(key: string, work: () => Promise<T>): Promise<T> {
    const flight = work().finally(() => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    });
    this.#flights.set(key, flight);
    return flight;
  }

  /** Lets nobody else join the run under way. Those who wait for it still get its result. */
  detach(key: string): void {
    this.#flights.delete(key);
  }
}
