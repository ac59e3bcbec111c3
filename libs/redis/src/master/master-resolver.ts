import type { ServerAddress } from '../redis-options.js';

/** Finds the server that a connection leads to: the master of some records. A cluster has one resolver per master. */
export interface MasterResolver {
  /** The master now; `undefined` while it is unknown. Nothing may be sent to a server that is not this one. */
  readonly master: ServerAddress | undefined;
  /** How long another process may still use a former master after this process has found the new one, in milliseconds. */
  readonly lagMs: number;
  /** The code that says why the master is unknown. */
  readonly problem: string | undefined;
  /**
   * Looks for the master until the returned function is called, and calls `onChange` each time that `master` changes. Several
   * connections may watch one resolver.
   */
  watch(onChange: () => void): () => void;
  /**
   * Receives the code of each error of a connection that it leads. Returns whether the error only says that another server has the
   * record: the server is well then.
   */
  noteError(code: string): boolean;
}

/** Leads to one address for ever. */
export class FixedMaster implements MasterResolver {
  readonly problem = undefined;
  readonly lagMs = 0;

  constructor(readonly master: ServerAddress) {}

  watch(): () => void {
    return () => {};
  }

  noteError(): boolean {
    return false;
  }
}
