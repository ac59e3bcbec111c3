type SetEntry = () => Promise<boolean>;

interface Waiting {
  set: SetEntry;
  readonly settled: PromiseWithResolvers<boolean>;
}

interface UnderWay {
  readonly present: Promise<boolean>;
  waiting: Waiting | undefined;
}

/**
 * Sets of one cache, one at a time for each key. Of those that come meanwhile only the last is carried out, for all of them: two
 * writes that overlap leave nothing in a slot, and what many requests set at once would not be stored by any.
 */
export class SetQueue {
  readonly #underWay = new Map<string, UnderWay>();

  /** Answers as the set does that stands for this one: `false` when it was {@link drop}ped. */
  run(key: string, set: SetEntry): Promise<boolean> {
    const underWay = this.#underWay.get(key);
    if (underWay) {
      const waiting = (underWay.waiting ??= { set, settled: Promise.withResolvers<boolean>() });
      waiting.set = set;
      return waiting.settled.promise;
    }
    const present = set().finally(() => this.#next(key));
    this.#underWay.set(key, { present, waiting: undefined });
    return present;
  }

  /** Resolves when what this process set so far is settled; `undefined` where it is. Many do not wait for what they set. */
  settled(key: string): Promise<unknown> | undefined {
    const underWay = this.#underWay.get(key);
    const last = underWay && (underWay.waiting?.settled.promise ?? underWay.present);
    return last?.catch(() => {});
  }

  /** What waits to be set is not: it was asked for before what removes it. */
  drop(key: string): void {
    const underWay = this.#underWay.get(key);
    underWay?.waiting?.settled.resolve(false);
    if (underWay) underWay.waiting = undefined;
  }

  dropAll(): void {
    for (const key of this.#underWay.keys()) this.drop(key);
  }

  #next(key: string): void {
    const waiting = this.#underWay.get(key)?.waiting;
    this.#underWay.delete(key);
    if (waiting) this.run(key, waiting.set).then(waiting.settled.resolve, waiting.settled.reject);
  }
}
