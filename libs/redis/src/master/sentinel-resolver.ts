import type { SentinelGroup, ServerAddress } from '../redis-options.js';
import type { MasterResolver } from './master-resolver.js';
import { Sentinel } from './sentinel.js';
import { VOTE_MS, Votes } from './votes.js';
import { Watchers } from './watchers.js';

const POLL_MS = 250;
/** How long after the first Sentinel the others may learn of a new master, in milliseconds. */
const SPREAD_MS = 500;

/**
 * Finds the master through all Sentinels of a group.
 *
 * A master is known while a majority of the Sentinels has answered within the last second, and the one with the newest
 * configuration names it. So an instance that is cut off from the Sentinels stops using its master at most one second later:
 * the Sentinels may name another one then, and the old one still acknowledges writes.
 */
export class SentinelResolver implements MasterResolver {
  readonly lagMs = VOTE_MS + SPREAD_MS;
  #master: ServerAddress | undefined;
  #problem: string | undefined;
  #sentinels: readonly Sentinel[] = [];
  readonly #votes: Votes;
  readonly #watchers = new Watchers({ start: () => this.#start(), stop: () => this.#stop() });
  #poll: NodeJS.Timeout | undefined;
  #expiry: NodeJS.Timeout | undefined;

  constructor(private readonly group: SentinelGroup) {
    this.#votes = new Votes(group.sentinels.length);
  }

  get master(): ServerAddress | undefined {
    return this.#master;
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  watch(onChange: () => void): () => void {
    return this.#watchers.add(onChange);
  }

  noteError(): boolean {
    return false;
  }

  #start(): void {
    this.#sentinels = this.group.sentinels.map(
      (address) =>
        new Sentinel(address, this.group, (vote) => {
          this.#votes.record(address, vote);
          if (!this.#watchers.isEmpty) this.#count();
        }),
    );
    for (const sentinel of this.#sentinels) sentinel.open();
    this.#poll = setInterval(() => this.#sentinels.forEach((sentinel) => sentinel.ask()), POLL_MS).unref();
  }

  #stop(): void {
    clearInterval(this.#poll);
    clearTimeout(this.#expiry);
    for (const sentinel of this.#sentinels) sentinel.close();
  }

  #count(): void {
    clearTimeout(this.#expiry);
    const now = performance.now();
    const elected = this.#votes.elect(now);
    if (!elected) return this.#setUnknown();
    const { master, until } = elected;
    this.#expiry = setTimeout(() => this.#count(), until - now).unref();
    if (master.host === this.#master?.host && master.port === this.#master.port) return;
    this.#master = master;
    this.#problem = undefined;
    this.#watchers.notify();
  }

  #setUnknown(): void {
    const { failure } = this.#votes;
    // At first, the others may still answer.
    if (!this.#master && failure === undefined) return;
    const problem = `SENTINEL_${failure ?? 'TIMEOUT'}`;
    if (!this.#master && problem === this.#problem) return;
    this.#master = undefined;
    this.#problem = problem;
    this.#watchers.notify();
  }
}
