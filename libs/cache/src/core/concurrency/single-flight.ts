import { ShortLivedMap } from './short-lived-map.js';

/**
 * Allows at most two runs per key at a time. A caller may share any run that starts after its call. Sharing a run that is
 * already in flight is up to the caller, which must prove that nothing was invalidated since the run began.
 */
export class SingleFlight<T> {
  readonly #keys = new ShortLivedMap<string, KeyFlights<T>>();

  run(key: string, work: () => Promise<T>): Promise<T> {
    const flights = this.#keys.get(key) ?? { running: new Set(), next: undefined };
    this.#keys.set(key, flights);
    // A queued run is shared, even if a running one has just ended.
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
