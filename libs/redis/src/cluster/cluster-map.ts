import { withDeadline } from '../connection/deadline.js';
import type { RedisClient } from '../connection/driver.js';
import { Reconnector } from '../connection/reconnector.js';
import { errorCode } from '../error-code.js';
import type { MasterResolver } from '../master/master-resolver.js';
import { Watchers } from '../master/watchers.js';
import type { ClusterNodes, ServerAddress } from '../redis-options.js';
import { type ClusterMaster, parseClusterSlots, SLOTS } from './cluster-slots.js';
import { isRedirection } from './redirection.js';
import { Shard } from './shard.js';
import { slotOf } from './slot-of.js';

const POLL_MS = 250;
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
export class ClusterMap implements MasterResolver {
  readonly lagMs = LAG_MS;
  #shards: readonly Shard[] = [];
  readonly #owners: (Shard | undefined)[] = Array.from({ length: SLOTS });
  /** The shard that this object leads to as a resolver. */
  #preferred: Shard | undefined;
  #problem: string | undefined;
  /** The last answer, as a text. */
  #answer = '';
  readonly #reconnector: Reconnector;
  /** The node that is asked, and its place in the list of all. */
  #node: ServerAddress | undefined;
  #next = 0;
  #asking = false;
  /** Whether the next poll asks another node. */
  #movesOn = false;
  readonly #watchers = new Watchers({ start: () => this.#start(), stop: () => this.#stop() });
  #poll: NodeJS.Timeout | undefined;
  #soon: NodeJS.Timeout | undefined;

  constructor(
    private readonly cluster: ClusterNodes,
    connect: (address: ServerAddress) => RedisClient,
  ) {
    this.#reconnector = new Reconnector(() => connect(this.#nextNode()), {
      onReady: () => void this.#ask(),
      onError: (code) => this.#setProblem(code),
    });
  }

  /** The masters, each with its part of the slots. */
  get shards(): readonly Shard[] {
    return this.#shards;
  }

  get master(): ServerAddress | undefined {
    return this.#preferred?.master;
  }

  get problem(): string | undefined {
    return this.#problem;
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

  /** Calls `onChange` when the masters or their slots have changed, until the returned function is called. */
  watch(onChange: () => void): () => void {
    return this.#watchers.add(onChange);
  }

  noteError(code: string): boolean {
    this.refresh();
    return isRedirection(code);
  }

  /** Asks soon, at most twenty times a second. */
  refresh(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      void this.#ask();
    }, SPACING_MS).unref();
  }

  #start(): void {
    this.#reconnector.connect();
    this.#poll = setInterval(() => (this.#movesOn ? this.#moveOn() : void this.#ask()), POLL_MS).unref();
  }

  #stop(): void {
    clearInterval(this.#poll);
    clearTimeout(this.#soon);
    this.#reconnector.end();
  }

  /** Returns the masters one after the other, and then the nodes of the options. */
  #nextNode(): ServerAddress {
    const nodes = [...this.#shards.map(({ master }) => master), ...this.cluster.nodes];
    const node = nodes[this.#next++ % nodes.length] ?? { host: '', port: 0 };
    this.#node = node;
    return node;
  }

  #moveOn(): void {
    this.#movesOn = false;
    this.#reconnector.redirect();
  }

  async #ask(): Promise<void> {
    const { client } = this.#reconnector;
    if (!client || this.#asking) return;
    this.#asking = true;
    const answer = await withDeadline(() => ask(client), ANSWER_MS, { timedOut: () => {} }).catch(errorCode);
    this.#asking = false;
    if (client !== this.#reconnector.client) return;
    if (typeof answer === 'string') this.#onFailure(answer);
    else this.#onAnswer(answer);
  }

  #onAnswer({ isUp, slots, id }: Answer): void {
    if (!isUp) return this.#onFailure('CLUSTERDOWN');
    this.#movesOn = false;
    this.#reconnector.succeeded();
    const masters = parseClusterSlots(slots, this.#node?.host ?? '').map((master) => ({
      ...master,
      address: this.#addressOf(master.address),
    }));
    const answer = JSON.stringify([masters, id]);
    if (answer === this.#answer || masters.length === 0) return;
    this.#answer = answer;
    this.#problem = undefined;
    this.#apply(masters, id);
  }

  #onFailure(code: string): void {
    this.#setProblem(code);
    // A node that answers may be well again at the next question.
    if (code === 'REDIS_TIMEOUT') this.#moveOn();
    else this.#movesOn = true;
  }

  #setProblem(code: string): void {
    // With a map, the connections to the masters report their own errors.
    if (this.#shards.length > 0) return;
    this.#problem = `CLUSTER_${code}`;
    this.#watchers.notify();
  }

  #apply(masters: readonly ClusterMaster[], answeredBy: string): void {
    const left = new Set(this.#shards);
    const known = masters.map((master) => this.#shards.find(({ nodeId }) => nodeId === master.id));
    for (const shard of known) if (shard) left.delete(shard);
    const shards = masters.map((master, index) => {
      const shard = known[index] ?? successor(left, master) ?? new Shard(this, master);
      left.delete(shard);
      return shard;
    });
    this.#owners.fill(undefined);
    masters.forEach(({ slots }, index) => {
      for (const { first, last } of slots) this.#owners.fill(shards[index], first, last + 1);
    });
    // A shard whose slots no master owns waits for its next master.
    this.#shards = [...shards, ...[...left].filter((shard) => shard.slots.some(({ first }) => !this.#owners[first]))];
    const answering = shards[masters.findIndex(({ id }) => id === answeredBy)];
    if (answering || !this.#preferred || !shards.includes(this.#preferred)) this.#preferred = answering ?? shards[0];
    masters.forEach((master, index) => shards[index]?.assign(master));
    this.#watchers.notify();
    // A replica answers too, but this object leads to the master that answers.
    if (!answering) this.#movesOn = true;
  }

  #addressOf(announced: ServerAddress): ServerAddress {
    return this.cluster.addressOf?.(announced) ?? announced;
  }
}

/** Returns the shard that a new master takes over: its former master is none any more, and owned the same slot. */
function successor(left: ReadonlySet<Shard>, { slots }: ClusterMaster): Shard | undefined {
  const [range] = slots;
  return range && [...left].find((shard) => shard.owns(range.first));
}

interface Answer {
  /** Whether the node is in contact with a majority of the masters, and serves its slots. */
  readonly isUp: boolean;
  readonly slots: unknown;
  /** The id of the node. */
  readonly id: string;
}

/** Asks a node in one turn: it executes the commands of one write in a row. */
async function ask(client: RedisClient): Promise<Answer> {
  const [info, slots, id] = await Promise.all([
    client.sendCommand<unknown>(['CLUSTER', 'INFO']),
    client.sendCommand<unknown>(['CLUSTER', 'SLOTS']),
    client.sendCommand<unknown>(['CLUSTER', 'MYID']),
  ]);
  return { isUp: String(info).includes('cluster_state:ok'), slots, id: String(id) };
}
