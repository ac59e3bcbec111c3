import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { slotOf } from '../../../libs/redis/src/cluster/slot-of.js';
import { eventually } from '../eventually.js';
import { freePort } from '../free-port.js';
import { type RedisServer, startRedis } from '../redis-server.js';
import { removeFolder, temporaryFolder } from '../temporary-folder.js';
import { Orders } from './orders.js';

const MASTERS = 3;
const SLOTS = 16_384;
const HOST = '127.0.0.1';
const NODE_TIMEOUT_MS = 1_000;
/** After this time, a replica gives a manual failover up. */
const FAILOVER_MS = 5_500;

/** A master, as its nodes describe it. */
interface ClusterMaster {
  readonly id: string;
  readonly address: { readonly port: number };
  readonly slots: readonly { readonly first: number; readonly last: number }[];
}

/** Three masters, each with a replica, on 127.0.0.1. All replicas are online when the promise resolves. */
export async function startClusterGroup(): Promise<ClusterGroup> {
  const folder = await temporaryFolder('cluster');
  const starting = Array.from({ length: 2 * MASTERS }, async () => {
    const port = await freePort();
    const own = join(folder, String(port));
    await mkdir(own);
    const args = {
      'cluster-enabled': 'yes',
      'cluster-config-file': join(own, 'nodes.conf'),
      'cluster-node-timeout': String(NODE_TIMEOUT_MS),
      'cluster-require-full-coverage': 'no',
      'cluster-allow-replica-migration': 'no',
      'cluster-replica-validity-factor': '0',
      'repl-diskless-sync-delay': '0',
    };
    return startRedis({
      port,
      args: Object.entries(args).flatMap(([name, text]) => [`--${name}`, text]),
    });
  });
  const group = new ClusterGroup(await Promise.all(starting), folder);
  await group.form();
  return group;
}

export class ClusterGroup {
  readonly #orders = new Orders();

  constructor(
    readonly servers: readonly RedisServer[],
    private readonly folder: string,
  ) {}

  /** Three of the nodes, as addresses. */
  get addresses(): { readonly host: string; readonly port: number }[] {
    return this.servers.slice(0, MASTERS).map(({ port }) => ({ host: HOST, port }));
  }

  async form(): Promise<void> {
    const [first] = this.servers;
    if (!first) return;
    for (const [index, { port, busPort }] of this.servers.entries()) {
      await this.#orders.send(port, 'CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
      if (index < MASTERS) {
        const bounds = [index, index + 1].map((part) => Math.floor((SLOTS * part) / MASTERS));
        await this.#orders.send(port, 'CLUSTER', 'ADDSLOTSRANGE', String(bounds[0]), String((bounds[1] ?? 0) - 1));
      }
      if (index > 0) await this.#orders.send(first.port, 'CLUSTER', 'MEET', HOST, String(port), String(busPort));
    }
    const masters = await this.agreed();
    for (const [index, { port }] of this.servers.slice(MASTERS).entries()) {
      const id = masters.find(({ address }) => address.port === this.servers[index]?.port)?.id ?? '';
      await eventually(() => this.#orders.send(port, 'CLUSTER', 'REPLICATE', id), { within: 20_000 });
    }
    await this.settled();
  }

  /** The masters that all running nodes name, once these agree and serve their slots. */
  async agreed(within = 30_000): Promise<readonly ClusterMaster[]> {
    return eventually(
      async () => {
        const answers = await Promise.all(this.#running.map(({ port }) => viewOf(this.#orders, port)));
        const [first] = answers;
        if (!first || answers.some((answer) => answer !== first))
          throw new Error(`The nodes disagree:\n${answers.join('\n')}`);
        const masters: readonly ClusterMaster[] = JSON.parse(first);
        if (masters.length === 0) throw new Error('No master owns a slot.');
        return masters;
      },
      { within },
    );
  }

  /** Waits until all nodes agree, and the replicas of all masters are online. */
  async settled(within = 30_000): Promise<void> {
    await eventually(
      async () => {
        for (const { address } of await this.agreed(1_000)) {
          const info = String(await this.#orders.send(address.port, 'INFO', 'replication'));
          if (!info.includes('state=online')) throw new Error(`No replica is online:\n${info}`);
        }
      },
      { within },
    );
  }

  /** The master that owns the slot of a key. */
  async masterOf(key: string): Promise<RedisServer> {
    return this.#serverAt(ownerOf(slotOf(key), await this.agreed())?.address.port);
  }

  /** Some of these keys: one for each master. */
  async spread(keys: readonly string[]): Promise<readonly string[]> {
    const masters = await this.agreed();
    return [...Map.groupBy(keys, (key) => ownerOf(slotOf(key), masters)).values()].flatMap(([key]) => key ?? []);
  }

  async masters(): Promise<readonly RedisServer[]> {
    return (await this.agreed()).map(({ address }) => this.#serverAt(address.port));
  }

  /** The replica of a master. */
  async replicaOf({ port }: RedisServer): Promise<RedisServer> {
    const replica = /slave0:ip=[^,]*,port=(\d+)/.exec(String(await this.#orders.send(port, 'INFO', 'replication')));
    return this.#serverAt(Number(replica?.[1]));
  }

  /** Lets the replica of a master take over, and waits until all nodes agree. */
  async failOver(master: RedisServer): Promise<void> {
    const replica = await this.replicaOf(master);
    // A busy machine may be too slow for the time that a replica has for it.
    await eventually(
      async () => {
        await this.#orders.send(replica.port, 'CLUSTER', 'FAILOVER');
        await this.changedFrom(master, FAILOVER_MS);
      },
      { within: 30_000 },
    );
  }

  /** Waits until all running nodes agree that a server is no master any more. */
  async changedFrom({ port }: RedisServer, within = 20_000): Promise<void> {
    await eventually(
      async () => {
        if ((await this.agreed(500)).some(({ address }) => address.port === port))
          throw new Error(`Port ${port} is still a master.`);
      },
      { within },
    );
  }

  /** Restarts each node, one after the other. A master hands over before its restart. */
  async restartAll(): Promise<void> {
    for (const master of await this.masters()) {
      await (await this.replicaOf(master)).restart();
      await this.settled();
      await this.failOver(master);
      await master.restart();
      await this.settled();
    }
  }

  /** Moves slots with their records, one after the other, as redis-cli does. `halfway` runs when the records of a slot have moved. */
  async moveSlots(slots: readonly number[], to: RedisServer, halfway?: () => Promise<unknown>): Promise<void> {
    const masters = await this.agreed();
    const target = String(await this.#orders.send(to.port, 'CLUSTER', 'MYID'));
    for (const slot of slots) {
      const source = ownerOf(slot, masters);
      if (!source || source.id === target) continue;
      const from = source.address.port;
      await this.#orders.send(to.port, 'CLUSTER', 'SETSLOT', String(slot), 'IMPORTING', source.id);
      await this.#orders.send(from, 'CLUSTER', 'SETSLOT', String(slot), 'MIGRATING', target);
      for (;;) {
        const keys = await this.#orders.send(from, 'CLUSTER', 'GETKEYSINSLOT', String(slot), '100');
        if (!Array.isArray(keys) || keys.length === 0) break;
        await this.#orders.send(from, 'MIGRATE', HOST, String(to.port), '', '0', '5000', 'KEYS', ...keys.map(String));
      }
      await halfway?.();
      for (const port of [to.port, ...masters.map(({ address }) => address.port)])
        await this.#orders.send(port, 'CLUSTER', 'SETSLOT', String(slot), 'NODE', target);
    }
    await this.agreed();
  }

  /** Kills a master and its replica. Another master gets their slots, without their records, after a time. */
  async loseShard(master: RedisServer, afterMs: number): Promise<void> {
    const lost = (await this.agreed()).find(({ address }) => address.port === master.port);
    const replica = await this.replicaOf(master);
    const replicaId = String(await this.#orders.send(replica.port, 'CLUSTER', 'MYID'));
    await Promise.all([master.kill(), replica.kill()]);
    await pause(afterMs);
    for (const { port } of this.#running)
      for (const id of [replicaId, lost?.id ?? '']) await this.#orders.send(port, 'CLUSTER', 'FORGET', id);
    const [heir] = (await this.agreed()).map(({ address }) => address.port);
    const ranges = (lost?.slots ?? []).flatMap(({ first, last }) => [String(first), String(last)]);
    await this.#orders.send(heir ?? 0, 'CLUSTER', 'ADDSLOTSRANGE', ...ranges);
    await this.agreed();
  }

  async stop(): Promise<void> {
    this.#orders.end();
    await Promise.all(this.servers.map((server) => server.kill()));
    await removeFolder(this.folder);
  }

  get #running(): readonly RedisServer[] {
    return this.servers.filter(({ running }) => running);
  }

  #serverAt(port: number | undefined): RedisServer {
    const server = this.servers.find((each) => each.port === port);
    if (!server) throw new Error(`Port ${port} is none of ours.`);
    return server;
  }
}

function ownerOf(slot: number, masters: readonly ClusterMaster[]): ClusterMaster | undefined {
  return masters.find(({ slots }) => slots.some(({ first, last }) => first <= slot && slot <= last));
}

/** The masters as one node sees them, as a text. */
async function viewOf(orders: Orders, port: number): Promise<string> {
  const info = String(await orders.send(port, 'CLUSTER', 'INFO'));
  const masters = mastersOf(await orders.send(port, 'CLUSTER', 'SLOTS'));
  const isWhole =
    masters.flatMap(({ slots }) => slots).reduce((sum, { first, last }) => sum + last - first + 1, 0) === SLOTS;
  if (isWhole && !info.includes('cluster_state:ok')) throw new Error(`Port ${port} is down:\n${info}`);
  return JSON.stringify(masters.toSorted((one, other) => (one.id < other.id ? -1 : 1)));
}

/** Returns the masters in the answer to `CLUSTER SLOTS`. */
function mastersOf(reply: unknown): ClusterMaster[] {
  const ranges = Map.groupBy(list(reply).map(list), ([, , owner]) => String(list(owner)[2]));
  return Array.from(ranges, ([id, ofMaster]) => ({
    id,
    address: { port: Number(list(ofMaster[0]?.[2])[1]) },
    slots: ofMaster.map(([first, last]) => ({ first: Number(first), last: Number(last) })),
  }));
}

function list(reply: unknown): readonly unknown[] {
  return Array.isArray(reply) ? reply : [];
}
