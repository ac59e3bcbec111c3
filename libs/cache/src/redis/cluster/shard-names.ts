import type { Shard } from '@nuthatch/redis';
import type { ServerNames } from '../server-names.js';

/** A number of this many makes one of all slots very likely. */
const NUMBERS = 200_000;

/**
 * The names on the master of a shard.
 *
 * Each master has a channel of its own, named by the sender of a message after the master that executes the step. Redis sends a
 * message to all nodes, but only on the node that published it does it come in the order of the steps, so a process subscribes there.
 * The records have the first number as hash tag whose slot the master owns, so all processes find the same.
 */
export class ShardNames implements ServerNames {
  #number = 0;

  constructor(
    private readonly shard: Pick<Shard, 'nodeId'>,
    /** Whether the master owns the slot of a key. */
    private readonly owns: (key: string) => boolean,
    private readonly namespace: string,
    private readonly processId: string,
  ) {}

  get channel(): string {
    return `${this.namespace}:writes:${this.shard.nodeId}`;
  }

  get server(): string {
    return `${this.namespace}:server:${this.#hashTag}`;
  }

  get heartbeat(): string {
    return `${this.namespace}:heartbeat:${this.#hashTag}:${this.processId}`;
  }

  /** Takes the next number: the slot of the present one is moving away. */
  readonly change = (): void => {
    this.#number += 1;
  };

  /** Takes the first number again, once the slots of the shard have changed. */
  reset(): void {
    this.#number = 0;
  }

  get #hashTag(): string {
    for (let tried = 0; tried < NUMBERS; tried += 1) {
      const hashTag = `{${this.#number}}`;
      if (this.owns(hashTag)) return hashTag;
      this.#number += 1;
    }
    // A shard without slots. Its server redirects these names.
    this.#number = 0;
    return '{0}';
  }
}
