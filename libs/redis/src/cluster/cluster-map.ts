import type { RedisClient } from '../connection/driver.js';
import { isSame, MasterResolver } from '../master/master-resolver.js';
import { Poller } from '../master/poller.js';
import type { ClusterNodes, ServerAddress } from '../redis-options.js';
import { type ClusterMaster, parseClusterSlots, SLOTS } from './cluster-slots.js';
import { isRedirection } from './redirection.js';
import { Shard } from './shard.js';
import { slotOf } from './slot-of.js';

/** Within this time, every process has asked. */
const LAG_MS = 1_000;
/** The shortest time between two questions, in milliseconds: a resharding redirects many steps at once. */
const SPACING_MS = 50;
/** How long a node may take to answer, in milliseconds. Then another one is asked. */
const ANSWER_MS = 250;

/**
 * Knows which master of a cluster owns each hash slot. It asks one node four times a second, and at once when a connection reports an
 * error. As a {@link MasterResolver}, it leads to one of the masters that answer.
 *
 * A node that is cut off from the majority of the masters does not know of a failover, but it reports that its cluster is down. So
 * its answer does not count, and the next node is asked. A master in that state executes nothing, so the last map stays in use
 * while no node answers.
 */
export class ClusterMap extends MasterResolver {
  readonly lagMs = LAG_MS;
  #shards: readonly Shard[] = [];
  readonly #owners: (Shard | undefined)[] = Array.from({ length: SLOTS });
  /** The last answer, as a text. */
  #answer = '';
  readonly #poller: Poller<Answer>;
  /** The host that is asked, and the place of the next node in the list of all. */
  #host = '';
  #next = 0;
  #soon: NodeJS.Timeout | undefined;

  constructor(
    private readonly cluster: ClusterNodes,
    connect: (address: ServerAddress) => RedisClient,
  ) {
    super();
    this.#poller = new Poller({
      connect: () => connect(this.#nextNode()),
      question: ask,
      answerMs: ANSWER_MS,
      onAnswer: (answer) => this.#onAnswer(answer),
      onFailure: (code) => this.#onFailure(code),
    });
  }

  /** The masters, each with its part of the slots. */
  get shards(): readonly Shard[] {
    return this.#shards;
  }

  /** Returns the shard that has a key; `undefined` while no master owns its slot. */
  shardOf(key: string): Shard | undefined {
    return this.#owners[slotOf(key)];
  }

  /** Returns the shard whose master announces an address. */
  shardAt(announced: ServerAddress): Shard | undefined {
    const { host, port } = this.#addressOf(announced);
    return this.#shards.find(({ master }) => master.port === port && (master.host === host || host === ''));
  }

  override noteError(code: string): boolean {
    this.refresh();
    return isRedirection(code);
  }

  /** Asks soon, at most twenty times a second. */
  refresh(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      void this.#poller.ask();
    }, SPACING_MS).unref();
  }

  protected override start(): void {
    this.#poller.start();
  }

  protected override stop(): void {
    clearTimeout(this.#soon);
    this.#poller.stop();
  }

  /** Returns the masters one after the other, and then the nodes of the options. */
  #nextNode(): ServerAddress {
    const nodes = [...this.#shards.map(({ master }) => master), ...this.cluster.nodes];
    const node = nodes[this.#next++ % nodes.length] ?? { host: '', port: 0 };
    this.#host = node.host;
    return node;
  }

  #onAnswer({ slots, id }: Answer): void {
    const masters = parseClusterSlots(slots, this.#host).map((master) => ({
      ...master,
      address: this.#addressOf(master.address),
    }));
    const answer = JSON.stringify([masters, id]);
    if (answer === this.#answer || masters.length === 0) return;
    this.#answer = answer;
    this.#apply(masters, id);
  }

  #onFailure(code: string): void {
    this.#poller.moveOn();
    // With a map, the connections to the masters report their own errors.
    if (this.#shards.length === 0) this.change(undefined, `CLUSTER_${code}`);
  }

  #apply(masters: readonly ClusterMaster[], answeredBy: string): void {
    const ids = new Set(masters.map(({ id }) => id));
    /** The shards whose master is none any more. A replica that takes over owns a slot of one of them. */
    const left = new Set(this.#shards.filter(({ nodeId }) => !ids.has(nodeId)));
    const owners = masters.map((master) => {
      const isSuccessor = (shard: Shard): boolean => master.slots.some(({ first }) => shard.owns(first));
      const known = this.#shards.find(({ nodeId }) => nodeId === master.id) ?? [...left].find(isSuccessor);
      const shard = known ?? new Shard(this, master);
      left.delete(shard);
      return { master, shard };
    });
    this.#owners.fill(undefined);
    for (const { master, shard } of owners)
      for (const { first, last } of master.slots) this.#owners.fill(shard, first, last + 1);
    // A shard whose slots no master owns waits for its next master.
    const waiting = [...left].filter(({ slots }) => slots.some(({ first }) => !this.#owners[first]));
    this.#shards = [...owners.map(({ shard }) => shard), ...waiting];
    for (const { master, shard } of owners) shard.assign(master);
    const answering = owners.find(({ master }) => master.id === answeredBy);
    // A replica answers too, but this object leads to the master that answers.
    if (!answering) this.#poller.moveOn();
    const leading = answering ?? owners.find(({ shard }) => isSame(shard.master, this.master)) ?? owners[0];
    this.change(leading?.shard.master, undefined, true);
  }

  #addressOf(announced: ServerAddress): ServerAddress {
    return this.cluster.addressOf?.(announced) ?? announced;
  }
}

interface Answer {
  readonly slots: unknown;
  /** The id of the node. */
  readonly id: string;
}

/**
 * Asks a node in one turn: it executes the commands of one write in a row.
 *
 * @throws when the node has no contact with a majority of the masters
 */
async function ask(client: RedisClient): Promise<Answer> {
  const [info, slots, id] = await Promise.all(
    ['INFO', 'SLOTS', 'MYID'].map((word) => client.sendCommand<unknown>(['CLUSTER', word])),
  );
  if (!String(info).includes('cluster_state:ok')) throw new Error('CLUSTERDOWN');
  return { slots, id: String(id) };
}
