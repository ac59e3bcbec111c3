import type { RedisClient } from '../connection/driver.js';
import type { SentinelGroup, ServerAddress } from '../redis-options.js';
import { MasterResolver } from './master-resolver.js';
import { Poller } from './poller.js';

/** How long a vote counts, in milliseconds: three polls may fail. */
const VOTE_MS = 1_000;
/** How long after the first Sentinel the others may learn of a new master, in milliseconds. */
const SPREAD_MS = 500;

/** What one Sentinel says about the master. */
interface Vote {
  readonly master: ServerAddress;
  /** Grows with each failover. Of two Sentinels that differ, the one with the higher epoch is right. */
  readonly epoch: number;
  /** When the Sentinel was asked, in milliseconds. */
  readonly askedAt: number;
}

/**
 * Finds the master through all Sentinels of a group. It asks each of them, also whenever one announces another master.
 *
 * A master is known while a majority of the Sentinels has answered within the last second, and the one with the newest
 * configuration names it. So an instance that is cut off from the Sentinels stops using its master at most one second later:
 * the Sentinels may name another one then, and the old one still acknowledges writes.
 */
export class SentinelResolver extends MasterResolver {
  /** The vote of each Sentinel that counts, or the code of its failure. */
  readonly #answers = new Map<ServerAddress, Vote | string>();

  /** @param connect creates a client of RESP3, in which a connection that subscribes still accepts commands */
  constructor(
    private readonly group: SentinelGroup,
    private readonly connect: (sentinel: ServerAddress) => RedisClient,
  ) {
    super(VOTE_MS + SPREAD_MS);
    this.pollers.push(...group.sentinels.map((sentinel) => this.#pollerOf(sentinel)));
  }

  #pollerOf(sentinel: ServerAddress): Poller<Vote> {
    let expiry: NodeJS.Timeout | undefined;
    const record = (answer: Vote | string): void => {
      clearTimeout(expiry);
      this.#answers.set(sentinel, answer);
      this.#count();
    };
    const poller: Poller<Vote> = new Poller({
      connect: () => {
        const client = this.connect(sentinel);
        client.on('ready', () => void client.subscribe('+switch-master', () => poller.askSoon()).catch(() => {}));
        return client;
      },
      question: (client) => askFor(client, this.group.master),
      answerMs: VOTE_MS,
      onAnswer: (vote) => {
        const leftMs = vote.askedAt + VOTE_MS - performance.now();
        record(leftMs > 0 ? vote : 'TIMEOUT');
        expiry = setTimeout(record, leftMs, 'TIMEOUT').unref();
      },
      onFailure: record,
    });
    return poller;
  }

  #count(): void {
    const { length } = this.group.sentinels;
    const answers = [...this.#answers.values()];
    const failures = answers.filter((answer) => typeof answer === 'string');
    const votes = answers.filter((answer) => typeof answer === 'object');
    const [best] = votes.toSorted((one, other) => other.epoch - one.epoch || other.askedAt - one.askedAt);
    if (votes.length * 2 > length) this.change(best?.master);
    // At first, the others may still answer.
    else if (this.master || failures.length * 2 >= length) this.change(undefined, `SENTINEL_${failures[0]}`);
  }
}

/** Reads both in one turn of the Sentinel: it executes the commands of one write in a row. */
async function askFor(client: RedisClient, name: string): Promise<Vote> {
  const askedAt = performance.now();
  const [[host, port], { 'config-epoch': epoch }] = await Promise.all([
    client.sendCommand<readonly [string, string]>(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name]),
    client.sendCommand<Readonly<Record<string, string>>>(['SENTINEL', 'MASTER', name]),
  ]);
  return { master: { host, port: Number(port) }, epoch: Number(epoch), askedAt };
}
