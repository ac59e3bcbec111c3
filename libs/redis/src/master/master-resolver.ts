import { isDeepStrictEqual } from 'node:util';
import type { ServerAddress } from '../redis-options.js';
import type { Poller } from './poller.js';

/**
 * Finds the server that a connection leads to: the master of some records. A cluster has one resolver per master. Several connections
 * may watch one resolver, which looks for the master while there is one of them.
 */
export abstract class MasterResolver {
  #master: ServerAddress | undefined;
  #problem: string | undefined;
  readonly #watchers = new Set<() => void>();
  /** Ask the servers that know the master. */
  protected readonly pollers: Pick<Poller<unknown>, 'start' | 'stop'>[] = [];

  /** @param lagMs how long another process may still use a former master after this process has found the new one, in milliseconds */
  constructor(readonly lagMs: number) {}

  /** The master now; `undefined` while it is unknown. Nothing may be sent to a server that is not this one. */
  get master(): ServerAddress | undefined {
    return this.#master;
  }

  /** The code that says why, while the master is unknown. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Calls `onChange` each time that `master` changes, until the returned function is called. */
  watch(onChange: () => void): () => void {
    this.#watchers.add(onChange);
    if (this.#watchers.size === 1) for (const poller of this.pollers) poller.start();
    return () => {
      if (this.#watchers.delete(onChange) && this.#watchers.size === 0)
        for (const poller of this.pollers) poller.stop();
    };
  }

  /**
   * Receives the code of each error of a connection that it leads. Returns whether the error only says that another server has the
   * record: the server is well then.
   */
  noteError(_code: string): boolean {
    return false;
  }

  /** Changes the master, and the code that says why if it is unknown. Calls the watchers if that is new. */
  protected change(
    master: ServerAddress | undefined,
    problem?: string,
    isNew = !isDeepStrictEqual([master, problem], [this.#master, this.#problem]),
  ): void {
    this.#master = master;
    this.#problem = problem;
    if (isNew) for (const watcher of this.#watchers) watcher();
  }
}

/** Leads to one address for ever. */
export class FixedMaster extends MasterResolver {
  constructor(address: ServerAddress) {
    super(0);
    this.change(address);
  }
}
