import { isDeepStrictEqual } from 'node:util';
import type { RedisClient } from '../connection/driver.js';
import { MasterResolver } from '../master/master-resolver.js';
import { Poller } from '../master/poller.js';
import type { ClusterNodes, ServerAddress } from '../redis-options.js';
import { isRedirection } from './redirection.js';
import { Shard } from './shard.js';
import { slotOf } from './slot-of.js';

/** Within this time, every process has asked. */
const LAG_MS = 1_000;
/** How long a node may take to answer, in milliseconds. Then another one is asked. */
const ANSWER_MS = 250;
/** How a node names a host that it does not know. It means the host that it was asked at. */
const UNKNOWN_HOSTS: readonly unknown[] = [null, '', '?'];

/**
 * Knows which master of a cluster owns each hash slot. It asks one node four times a second, and at once when a connection reports an
 * error. As a {@link MasterResolver}, it leads to one of the masters that answer.
 *
 * A node that is cut off from the majority of the masters does not know of a failover, but it reports that its cluster is down. So
 * its answer does not count, and the next node is asked. A master in that state executes nothing, so the last map stays in use
 * while no node answers.
 */
export class ClusterMap extends MasterResolver {
  /** The last owner of each hash slot. */
  readonly #owners: (Shard | undefined)[] = Array.from({ length: 16_384 });
  #shards: readonly Shard[] = [];
  #answer: Answer | undefined;
  readonly #poller: Poller<Answer>;
  /** The host that is asked, and the place of the next node in the list of all. */
  #host = '';
  #next = 0;

  constructor(
    private readonly cluster: ClusterNodes,
    connect: (address: ServerAddress) => RedisClient,
  ) {
    super(LAG_MS);
    this.#poller = new Poller({
      connect: () => connect(this.#nextNode()),
      question: ask,
      answerMs: ANSWER_MS,
      onAnswer: (answer) => this.#onAnswer(answer),
      onFailure: (code) => this.#onFailure(code),
    });
    this.pollers.push(this.#poller);
  }

  /** The masters, each with its part of the slots. */
  get shards(): readonly Shard[] {
    return this.#shards;
  }

  /** Returns the shard that has a key; `undefined` while no node has answered. */
  shardOf(key: string): Shard | undefined {
    return this.#owners[slotOf(key)];
  }

  /** Returns the shard whose master announces an address. */
  shardAt(announced: ServerAddress): Shard | undefined {
    const address = this.#addressOf(announced);
    return this.#shards.find(({ master }) => isDeepStrictEqual(master, address));
  }

  override noteError(code: string): boolean {
    this.#poller.askSoon();
    return isRedirection(code);
  }

  /** Returns the masters one after the other, and then the nodes of the options. */
  #nextNode(): ServerAddress {
    const nodes = [...this.#shards.flatMap(({ master }) => master ?? []), ...this.cluster.nodes];
    const node = nodes[this.#next++ % nodes.length] ?? { host: '', port: 0 };
    this.#host = node.host;
    return node;
  }

  #onAnswer(answer: Answer): void {
    if (isDeepStrictEqual(answer, this.#answer) || answer.slots.length === 0) return;
    this.#answer = answer;
    const ids = new Set(answer.slots.map(({ master }) => master.id));
    const shards = new Map(this.#shards.map((shard) => [shard.nodeId, shard]));
    for (const { from, to, master } of answer.slots) {
      const last = this.#owners[from];
      // A replica that takes over has the slots of a master that is none any more.
      const left = last && !ids.has(last.nodeId) ? last : undefined;
      const shard = shards.get(master.id) ?? left ?? new Shard(this);
      shards.set(master.id, shard);
      this.#owners.fill(shard, from, to + 1);
      shard.assign(master.id, this.#addressOf(master));
    }
    this.#shards = [...new Set(this.#owners)].filter((shard) => shard !== undefined);
    for (const shard of this.#shards) if (!ids.has(shard.nodeId)) shard.assign(shard.nodeId);
    const answering = this.#shards.find(({ nodeId }) => nodeId === answer.id);
    // A replica answers too, but this object leads to the master that answers.
    if (!answering) this.#poller.moveOn();
    const same = this.#shards.find(({ master }) => isDeepStrictEqual(master, this.master));
    this.change((answering ?? same ?? this.#shards[0])?.master, undefined, true);
  }

  #addressOf({ host, port }: ServerAddress): ServerAddress {
    const announced = { host: UNKNOWN_HOSTS.includes(host) ? this.#host : host, port };
    return this.cluster.addressOf?.(announced) ?? announced;
  }

  #onFailure(code: string): void {
    this.#poller.moveOn();
    // With a map, the connections to the masters report their own errors.
    if (this.#shards.length === 0) this.change(undefined, `CLUSTER_${code}`);
  }
}

type Answer = Awaited<ReturnType<typeof ask>>;

/**
 * Asks a node in one turn: it executes the commands of one write in a row.
 *
 * @throws when the node has no contact with a majority of the masters
 */
async function ask(client: RedisClient) {
  const [info, slots, id] = await Promise.all([client.clusterInfo(), client.clusterSlots(), client.clusterMyId()]);
  if (!info.includes('cluster_state:ok')) throw new Error('CLUSTERDOWN');
  // Not the replicas: another one changes nothing here.
  return { slots: slots.map(({ from, to, master }) => ({ from, to, master })), id };
}
