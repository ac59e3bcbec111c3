import { createDriverClient, type RedisClient } from '../connection/driver.js';
import type { SentinelGroup, ServerAddress } from '../redis-options.js';
import { MasterResolver } from './master-resolver.js';
import { Poller } from './poller.js';
import { type Vote, VOTE_MS, Votes } from './votes.js';

/** How long a Sentinel may take to answer, in milliseconds. */
const ANSWER_MS = 1_000;
/** How long after the first Sentinel the others may learn of a new master, in milliseconds. */
const SPREAD_MS = 500;

/**
 * Finds the master through all Sentinels of a group. It asks each of them, also whenever one announces another master.
 *
 * A master is known while a majority of the Sentinels has answered within the last second, and the one with the newest
 * configuration names it. So an instance that is cut off from the Sentinels stops using its master at most one second later:
 * the Sentinels may name another one then, and the old one still acknowledges writes.
 */
export class SentinelResolver extends MasterResolver {
  readonly lagMs = VOTE_MS + SPREAD_MS;
  readonly #votes: Votes;
  readonly #pollers: readonly Poller<Vote>[];
  #expiry: NodeJS.Timeout | undefined;

  constructor(private readonly group: SentinelGroup) {
    super();
    this.#votes = new Votes(group.sentinels.length);
    this.#pollers = group.sentinels.map((sentinel) => this.#pollerOf(sentinel));
  }

  protected override start(): void {
    for (const poller of this.#pollers) poller.start();
  }

  protected override stop(): void {
    clearTimeout(this.#expiry);
    for (const poller of this.#pollers) poller.stop();
  }

  #pollerOf(sentinel: ServerAddress): Poller<Vote> {
    const record = (vote: Vote | string): void => {
      this.#votes.record(sentinel, vote);
      this.#count();
    };
    const poller: Poller<Vote> = new Poller({
      connect: () => this.#connect(sentinel, () => void poller.ask()),
      question: (client) => askFor(client, this.group.master),
      answerMs: ANSWER_MS,
      onAnswer: record,
      onFailure: record,
    });
    return poller;
  }

  #connect(sentinel: ServerAddress, onSwitch: () => void): RedisClient {
    const access = this.group.sentinelAccess?.();
    // In RESP3, a connection that subscribes still accepts commands.
    const client = createDriverClient({ ...access, ...sentinel, clientName: 'nuthatch', protocol: 3 });
    client.on('ready', () => void client.subscribe('+switch-master', onSwitch).catch(() => {}));
    return client;
  }

  #count(): void {
    clearTimeout(this.#expiry);
    const now = performance.now();
    const elected = this.#votes.elect(now);
    if (elected) this.#expiry = setTimeout(() => this.#count(), elected.until - now).unref();
    const { failure } = this.#votes;
    // At first, the others may still answer.
    if (!elected && !this.master && failure === undefined) return;
    const problem = elected ? undefined : `SENTINEL_${failure ?? 'TIMEOUT'}`;
    this.change(elected?.master, problem);
  }
}

/** Reads both in one turn of the Sentinel: it executes the commands of one write in a row. */
async function askFor(client: RedisClient, name: string): Promise<Vote> {
  const askedAt = performance.now();
  const [address, details] = await Promise.all([
    client.sendCommand<unknown>(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name]),
    client.sendCommand<unknown>(['SENTINEL', 'MASTER', name]),
  ]);
  if (!Array.isArray(address)) throw new Error('ERR No such master with that name');
  const [host, port] = address.map(String);
  const epoch = new Map(Object.entries(Object(details))).get('config-epoch');
  return { master: { host: host ?? '', port: Number(port) }, epoch: Number(epoch), askedAt };
}
