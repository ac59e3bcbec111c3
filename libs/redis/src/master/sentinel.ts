import { withDeadline } from '../connection/deadline.js';
import { createDriverClient, type RedisClient } from '../connection/driver.js';
import { Reconnector } from '../connection/reconnector.js';
import { errorCode } from '../error-code.js';
import type { ServerAddress, SentinelGroup } from '../redis-options.js';
import type { Vote } from './votes.js';

/** How long a Sentinel may take to answer, in milliseconds. Then its connection is replaced. */
const ANSWER_MS = 1_000;

/** Asks one Sentinel for the master: when told to, and whenever the Sentinel announces another master. */
export class Sentinel {
  readonly #reconnector: Reconnector;
  #asking = false;

  constructor(
    { host, port }: ServerAddress,
    private readonly group: SentinelGroup,
    /** Receives each vote, or the code that says why there is none. */
    private readonly onAnswer: (answer: Vote | string) => void,
  ) {
    const onReady = (client: RedisClient): void => {
      this.#reconnector.succeeded();
      void client.subscribe('+switch-master', () => this.ask()).catch(() => {});
      this.ask();
    };
    this.#reconnector = new Reconnector(
      // In RESP3, a connection that subscribes still accepts commands.
      () => createDriverClient({ ...group.sentinelAccess?.(), host, port, clientName: 'nuthatch', protocol: 3 }),
      { onReady, onError: onAnswer },
    );
  }

  open(): void {
    this.#reconnector.connect();
  }

  close(): void {
    this.#reconnector.end();
  }

  /** Asks for the master, unless an answer is due. */
  ask(): void {
    const { client } = this.#reconnector;
    if (!client || this.#asking) return;
    this.#asking = true;
    const askedAt = performance.now();
    withDeadline(() => vote(client, this.group.master, askedAt), ANSWER_MS, {
      timedOut: () => this.#reconnector.replace(),
    })
      .then(
        (answer) => this.onAnswer(answer),
        (error: unknown) => this.onAnswer(errorCode(error)),
      )
      .finally(() => {
        this.#asking = false;
      });
  }
}

/** Reads both in one turn of the Sentinel: it executes the commands of one write in a row. */
async function vote(client: RedisClient, name: string, askedAt: number): Promise<Vote> {
  const [address, details] = await Promise.all([
    client.sendCommand<unknown>(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name]),
    client.sendCommand<unknown>(['SENTINEL', 'MASTER', name]),
  ]);
  if (!Array.isArray(address)) throw new Error('ERR No such master with that name');
  const [host, port] = address.map(String);
  const epoch = new Map(Object.entries(Object(details))).get('config-epoch');
  return { master: { host: host ?? '', port: Number(port) }, epoch: Number(epoch), askedAt };
}
