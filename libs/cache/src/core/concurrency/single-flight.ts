/**
 * At most two runs a key at a time. A caller may share a run that starts after it asked, whatever happened before; sharing one
 * that is under way already is up to the caller, who must know that nothing was invalidated since it began.
 */
export class SingleFlight<T> {
  readonly #keys = new Map<string, KeyFlights<T>>();

  run(key: string, work: () => Promise<T>): Promise<T> {
    const flights = this.#keys.get(key) ?? { running: new Set(), next: undefined };
    this.#keys.set(key, flights);
    // Where one waits to be started, it is shared, although another has just ended.
    if (flights.running.size < 2 && !flights.next) return this.#start(key, flights, work);
    flights.next ??= Promise.race(flights.running).then(
      () => this.#startNext(key, flights, work),
      () => this.#startNext(key, flights, work),
    );
    return flights.next;
  }

  #startNext(key: string, flights: KeyFlights<T>, work: () => Promise<T>): Promise<T> {
    flights.next = undefined;
    return this.#start(key, flights, work);
  }

  #start(key: string, flights: KeyFlights<T>, work: () => Promise<T>): Promise<T> {
    const flight = work().finally(() => {
      flights.running.delete(flight);
      if (flights.running.size === 0 && !flights.next) this.#keys.delete(key);
    });
    flights.running.add(flight);
    return flight;
  }
}

interface KeyFlights<T> {
  readonly running: Set<Promise<T>>;
  next: Promise<T> | undefined;
}
