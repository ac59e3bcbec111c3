import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from '@keyv/redis';
import { createDatabase } from '../../../support/postgres-server.js';
import { type RedisServer, startRedis } from '../../../support/redis-server.js';
import { type FaultProxy, startFaultProxy } from '../../../../libs/cache/src/testing/fault-proxy.js';
import { inject } from 'vitest';
import { Instance, type TrafficInstance } from './instance.js';
import { createRows } from '../worker/create-rows.js';

export interface FleetOptions {
  /** @default 3 */
  readonly instances?: number;
  /** Whether each process reaches Redis through a proxy, which runs in the process of the test. @default true */
  readonly proxied?: boolean;
  /** The timeout of a Redis operation, in milliseconds. @default 100 */
  readonly operationTimeoutMs?: number;
  /** Whether the processes follow the outbox of the database. @default false */
  readonly outbox?: boolean;
}

export const OPERATION_TIMEOUT_MS = 100;
/** The timeout for tests in which no operation may time out, even on a busy machine. */
export const PATIENT_MS = 2_000;

const SETTLED_WITHIN_MS = 10_000;

/** Processes that share one Redis and one database. Each reaches Redis through its own proxy. */
export class Fleet {
  private constructor(
    readonly redis: RedisServer,
    readonly proxies: readonly FaultProxy[],
    readonly instances: readonly Instance[],
    readonly databaseUrl: string,
  ) {}

  static async start({
    instances: count = 3,
    operationTimeoutMs = OPERATION_TIMEOUT_MS,
    proxied = true,
    outbox = false,
  }: FleetOptions): Promise<Fleet> {
    const databaseUrl = await createDatabase(inject('postgresUrl'));
    await createRows(databaseUrl, outbox);
    const redis = await startRedis();
    const proxies = await Promise.all(Array.from({ length: count }, () => startFaultProxy({ port: redis.port })));
    const instances = proxies.map(
      ({ port }, instance) =>
        new Instance(inject('workerProgram'), {
          instance,
          redisUrl: proxied ? `redis://127.0.0.1:${port}` : redis.url,
          databaseUrl,
          operationTimeoutMs,
          outbox,
        }),
    );
    return new Fleet(redis, proxies, instances, databaseUrl);
  }

  /** Waits until every process receives all invalidations and has none pending. */
  async settled(): Promise<void> {
    await settled(this.instances);
  }

  /** Returns how many processes miss invalidations or have some pending. */
  async unsettled(): Promise<number> {
    return unsettled(this.instances);
  }

  /** Sends one command to Redis without a proxy. */
  command(...words: readonly string[]): Promise<unknown> {
    return withCommands(this.redis, (command) => command(...words));
  }

  async end(): Promise<void> {
    await Promise.all(this.instances.map((instance) => instance.kill()));
    await Promise.all(this.proxies.map((proxy) => proxy.close()));
    await this.redis.kill();
  }
}

/** Waits until every process receives all invalidations, has none pending, and reads Redis. */
export async function settled(instances: readonly TrafficInstance[], withinMs = SETTLED_WITHIN_MS): Promise<void> {
  const end = performance.now() + withinMs;
  while ((await unsettled(instances)) > 0) {
    if (performance.now() > end) throw new Error(`A process has not settled within ${withinMs} ms.`);
    await pause(20);
  }
}

async function unsettled(instances: readonly TrafficInstance[]): Promise<number> {
  const settledOnes = await Promise.all(instances.map((instance) => instance.send('settled', undefined)));
  return settledOnes.filter((isSettled) => !isSettled).length;
}

export type Command = (...words: readonly string[]) => Promise<unknown>;

/** Runs `use` with a connection of its own, which stays open when the server refuses new connections later. */
export async function withCommands<T>({ url }: RedisServer, use: (command: Command) => Promise<T>): Promise<T> {
  const client = createClient({ url }).on('error', () => {});
  await client.connect();
  return use((...words) => client.sendCommand(words)).finally(() => client.destroy());
}

/** Starts a fleet, runs `use` with it, and ends its processes. */
export async function withFleet<T>(options: FleetOptions, use: (fleet: Fleet) => Promise<T>): Promise<T> {
  const fleet = await Fleet.start(options);
  try {
    await fleet.settled();
    return await use(fleet);
  } finally {
    await fleet.end();
  }
}
