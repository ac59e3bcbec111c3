import type { ServerAddress } from '../redis-options.js';

/** How long a vote counts, in milliseconds: three polls may fail. */
export const VOTE_MS = 1_000;

/** What one Sentinel says about the master. */
export interface Vote {
  readonly master: ServerAddress;
  /** Grows with each failover. Of two Sentinels that differ, the one with the higher epoch is right. */
  readonly epoch: number;
  /** When the Sentinel was asked, in milliseconds. */
  readonly askedAt: number;
}

/** Counts the votes of a group of Sentinels. */
export class Votes {
  /** The last vote of each Sentinel, or the code of its failure. */
  readonly #last = new Map<ServerAddress, Vote | string>();

  constructor(private readonly sentinels: number) {}

  record(sentinel: ServerAddress, vote: Vote | string): void {
    this.#last.set(sentinel, vote);
  }

  /** Returns the master and how long it is confirmed; `undefined` without a majority of the votes. */
  elect(now: number): { readonly master: ServerAddress; readonly until: number } | undefined {
    const valid = [...this.#last.values()]
      .filter((vote) => typeof vote === 'object')
      .filter(({ askedAt }) => askedAt + VOTE_MS > now)
      .toSorted((one, other) => other.askedAt - one.askedAt);
    // The majority ends with the oldest vote that it needs.
    const needed = valid[Math.floor(this.sentinels / 2)];
    if (!needed) return undefined;
    // Of several votes of one epoch, the first is the youngest.
    const { master } = valid.reduce((newest, vote) => (vote.epoch > newest.epoch ? vote : newest));
    return { master, until: needed.askedAt + VOTE_MS };
  }

  /** Returns the code of a failure, if so many Sentinels have failed that the others are no majority. */
  get failure(): string | undefined {
    const failures = [...this.#last.values()].filter((vote) => typeof vote === 'string');
    return failures.length * 2 >= this.sentinels ? failures[0] : undefined;
  }
}
