import { createClient } from '@keyv/redis';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../eventually.js';
import { freePort } from '../free-port.js';
import { redisProgram } from '../programs/redis-program.js';
import { type RedisServer, startRedis } from '../redis-server.js';
import { ServerProcess } from '../server-process.js';
import { removeFolder, temporaryFolder } from '../temporary-folder.js';

/** The name that the Sentinels of tests give to the master. */
export const MASTER = 'main';

const DOWN_AFTER_MS = 1_000;
/** The replicas hand the data over without a pause, and a master without replicas refuses writes after two seconds. */
const REDIS_ARGS = ['--repl-diskless-sync-delay', '0', '--repl-backlog-size', '1mb'];
const WRITES_NEED_REPLICAS = ['--min-replicas-to-write', '1', '--min-replicas-max-lag', '2'];

export interface SentinelGroupOptions {
  /** Lines for the configuration of each Sentinel. */
  readonly sentinelConfig?: readonly string[];
  /** Further arguments of each redis-server. */
  readonly redisArgs?: readonly string[];
}

/** A master, two replicas and three Sentinels on 127.0.0.1. All replicas are online when the promise resolves. */
export async function startSentinelGroup(options: SentinelGroupOptions = {}): Promise<SentinelGroup> {
  const args = [...REDIS_ARGS, ...WRITES_NEED_REPLICAS, ...(options.redisArgs ?? [])];
  const first = await startRedis({ args });
  const replicas = await Promise.all(
    [0, 1].map(() => startRedis({ args: [...args, '--replicaof', `127.0.0.1 ${first.port}`] })),
  );
  const sentinels = await Promise.all(
    [0, 1, 2].map(() => SentinelServer.start(first.port, options.sentinelConfig ?? [])),
  );
  const group = new SentinelGroup([first, ...replicas], sentinels);
  await group.settled();
  return group;
}

export class SentinelGroup {
  constructor(
    readonly servers: readonly RedisServer[],
    readonly sentinels: readonly SentinelServer[],
  ) {}

  /** The ports of the Sentinels, as addresses. */
  get addresses(): { readonly host: string; readonly port: number }[] {
    return this.sentinels.map(({ port }) => ({ host: '127.0.0.1', port }));
  }

  /** The server that the majority of the running Sentinels names. */
  async master(): Promise<RedisServer> {
    const ports = await Promise.all(this.#running().map((sentinel) => sentinel.masterPort()));
    const [named] = ports;
    if (named === undefined || ports.some((port) => port !== named))
      throw new Error(`The Sentinels name different masters: ${ports.join()}`);
    const server = this.servers.find(({ port }) => port === named);
    if (!server) throw new Error(`The Sentinels name port ${named}, which is none of ours.`);
    return server;
  }

  /** Waits until all Sentinels agree, know each other and both replicas, and the replicas are online. */
  async settled(within = 30_000): Promise<RedisServer> {
    return eventually(
      async () => {
        const master = await this.master();
        const info = String(await order(master.port, 'INFO', 'replication'));
        if ((info.match(/state=online/g) ?? []).length < this.servers.length - 1)
          throw new Error(`Not all replicas are online:\n${info}`);
        for (const sentinel of this.#running()) {
          const [replicas, others] = await sentinel.known();
          if (replicas < this.servers.length - 1 || others < this.#running().length - 1)
            throw new Error(`A Sentinel knows ${replicas} replicas and ${others} Sentinels.`);
        }
        return master;
      },
      { within },
    );
  }

  /** Starts a manual failover, and waits until all Sentinels agree on the new master. */
  async failOver(): Promise<RedisServer> {
    const before = await eventually(() => this.master());
    await eventually(async () => order(this.#running()[0]?.port ?? 0, 'SENTINEL', 'FAILOVER', MASTER), {
      within: 10_000,
    });
    return this.changedFrom(before);
  }

  /** Restarts each server, one after the other. The master hands over before its restart. */
  async restartAll(): Promise<void> {
    const former = await this.master();
    for (const replica of this.servers.filter((server) => server !== former)) {
      await replica.restart();
      await this.settled();
    }
    const { port } = await this.failOver();
    await former.restart();
    // The Sentinels would do so too, ten seconds later.
    await order(former.port, 'REPLICAOF', '127.0.0.1', String(port));
    await this.settled();
  }

  /** Waits until all Sentinels name another master, which accepts writes. */
  async changedFrom(before: RedisServer, within = 20_000): Promise<RedisServer> {
    return eventually(
      async () => {
        const master = await this.master();
        if (master === before) throw new Error('The Sentinels still name the former master.');
        // Without a replica, the master refuses writes.
        const info = String(await order(master.port, 'INFO', 'replication'));
        if (!info.includes('state=online')) throw new Error(`No replica is online:\n${info}`);
        return master;
      },
      { within },
    );
  }

  async stop(): Promise<void> {
    await Promise.all([...this.sentinels, ...this.servers].map((server) => server.kill()));
  }

  #running(): readonly SentinelServer[] {
    return this.sentinels.filter(({ running }) => running);
  }
}

export class SentinelServer {
  #server: ServerProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly config: string,
  ) {}

  static async start(masterPort: number, config: readonly string[]): Promise<SentinelServer> {
    const port = await freePort();
    const lines = [
      `port ${port}`,
      'bind 127.0.0.1',
      `sentinel monitor ${MASTER} 127.0.0.1 ${masterPort} 2`,
      `sentinel down-after-milliseconds ${MASTER} ${DOWN_AFTER_MS}`,
      `sentinel failover-timeout ${MASTER} 4000`,
      `sentinel parallel-syncs ${MASTER} 2`,
      ...config,
    ];
    const sentinel = new SentinelServer(port, lines.join('\n'));
    await sentinel.start();
    return sentinel;
  }

  get running(): boolean {
    return this.#server !== undefined;
  }

  async start(): Promise<void> {
    const { command, env } = redisProgram();
    const dir = await temporaryFolder('sentinel');
    const file = join(dir, 'sentinel.conf');
    // A Sentinel writes what it has learnt into its configuration.
    await writeFile(file, `${this.config}\ndir ${dir}\n`);
    const server = await ServerProcess.start(command, [file, '--sentinel'], {
      env,
      dir,
      afterExit: () => removeFolder(dir),
    });
    await server.ready(async () => (await order(this.port, 'PING').catch(() => undefined)) === 'PONG');
    this.#server = server;
  }

  async kill(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    await server?.end('SIGKILL');
  }

  async masterPort(): Promise<number> {
    const address = await order(this.port, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', MASTER);
    return Number(Array.isArray(address) ? address[1] : undefined);
  }

  /** How many replicas and other Sentinels it knows. */
  async known(): Promise<readonly [number, number]> {
    const lists = await Promise.all([
      order(this.port, 'SENTINEL', 'REPLICAS', MASTER),
      order(this.port, 'SENTINEL', 'SENTINELS', MASTER),
    ]);
    const [replicas = 0, others = 0] = lists.map((list) => (Array.isArray(list) ? list.length : 0));
    return [replicas, others];
  }
}

/** Sends one command over a connection of its own. */
export async function order(port: number, ...words: readonly string[]): Promise<unknown> {
  const client = createClient({
    socket: { host: '127.0.0.1', port, connectTimeout: 2_000, reconnectStrategy: false },
    disableOfflineQueue: true,
  });
  client.on('error', () => {});
  await client.connect();
  try {
    return await client.sendCommand<unknown>(words);
  } finally {
    client.destroy();
  }
}
