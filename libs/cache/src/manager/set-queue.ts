type SetEntry = () => Promise<boolean>;

interface Waiting {
  set: SetEntry;
  readonly settled: PromiseWithResolvers<boolean>;
}

interface InFlight {
  readonly present: Promise<boolean>;
  waiting: Waiting | undefined;
}

/**
 * Runs the sets of one cache, one at a time per key. Of the sets that arrive during another one, only the last runs, on behalf of all
 * of them: overlapping writes leave no value in a record, so concurrent sets of many requests would store nothing.
 */
export class SetQueue {
  readonly #inFlight = new Map<string, InFlight>();

  /** Returns the result of the set that runs on behalf of this one; `false` when it was {@link drop}ped. */
  run(key: string, set: SetEntry): Promise<boolean> {
    const inFlight = this.#inFlight.get(key);
    if (inFlight) {
      const waiting = (inFlight.waiting ??= { set, settled: Promise.withResolvers<boolean>() });
      waiting.set = set;
      return waiting.settled.promise;
    }
    const present = set().finally(() => this.#next(key));
    this.#inFlight.set(key, { present, waiting: undefined });
    return present;
  }

  /** Resolves when all sets so far have settled; returns `undefined` if none is in flight. Many callers do not await their sets. */
  settled(key: string): Promise<unknown> | undefined {
    const inFlight = this.#inFlight.get(key);
    const last = inFlight && (inFlight.waiting?.settled.promise ?? inFlight.present);
    return last?.catch(() => {});
  }

  /** Discards the waiting set of a key, because it was requested before the removal. */
  drop(key: string): void {
    const inFlight = this.#inFlight.get(key);
    inFlight?.waiting?.settled.resolve(false);
    if (inFlight) inFlight.waiting = undefined;
  }

  /** Discards the waiting sets of all keys. */
  dropAll(): void {
    for (const key of this.#inFlight.keys()) this.drop(key);
  }

  #next(key: string): void {
    const waiting = this.#inFlight.get(key)?.waiting;
    this.#inFlight.delete(key);
    if (waiting) this.run(key, waiting.set).then(waiting.settled.resolve, waiting.settled.reject);
  }
}
