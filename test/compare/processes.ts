import { ChildWorker } from '../support/processes/child-worker.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';
import { type FaultProxy, startFaultProxy } from '../../libs/cache/src/testing/fault-proxy.js';
import type { Commands, WorkerOptions } from './process/commands.js';
import { nameOf, type SetUp } from './contender.js';

/** The settings that all workloads of a run share. */
export interface Run {
  /** The program that each process runs. */
  readonly program: string;
  readonly originUrl: string;
  /** Whether the run is short and only checks that everything works. */
  readonly quick: boolean;
  /** How long a set-up is under traffic. */
  readonly seconds: number;
  readonly say: (what: string) => void;
}

export interface StartOptions {
  readonly processes: number;
  /** @default false */
  readonly tagged?: boolean;
  /** Whether each process reaches Redis through a proxy of its own. @default false */
  readonly proxied?: boolean;
}

export type Process = ChildWorker<Commands, WorkerOptions>;

/** Processes of one set-up with a Redis of their own. */
export interface Processes {
  readonly redis: RedisServer;
  readonly proxies: readonly FaultProxy[];
  /** The first process. */
  readonly first: Process;
  /** Another process if the set-up spans processes, else the first. */
  readonly other: Process;
  readonly processes: readonly Process[];
}

const OPEN_WITHIN_MS = 60_000;

/** Starts processes, runs `use` with them, and ends them. */
export async function withProcesses<T>(
  run: Run,
  setUp: SetUp,
  { processes: count, tagged = false, proxied = false }: StartOptions,
  use: (started: Processes) => Promise<T>,
): Promise<T> {
  const redis = await startRedis();
  const proxies: FaultProxy[] = [];
  const processes: Process[] = [];
  try {
    for (let index = 0; index < count; index += 1) {
      const proxy = proxied ? await startFaultProxy({ port: redis.port }) : undefined;
      if (proxy) proxies.push(proxy);
      const options: WorkerOptions = {
        library: setUp.library,
        setUp: nameOf(setUp),
        redisUrl: proxy ? `redis://127.0.0.1:${proxy.port}` : redis.url,
        originUrl: run.originUrl,
        tagged,
      };
      // Some clients write a line for each failed attempt to connect.
      processes.push(new ChildWorker(run.program, options, 'ignore'));
    }
    await Promise.all(processes.map((one) => one.send('open', undefined, OPEN_WITHIN_MS)));
    const [first, other = first] = processes;
    if (!first || !other) throw new Error('A set-up has at least one process.');
    return await use({ redis, proxies, first, other, processes });
  } finally {
    await Promise.all(processes.map((one) => one.kill()));
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await redis.kill();
  }
}

/** Returns 1 for a set-up that caches in memory only, because its processes do not share anything. */
export function processesOf({ shared }: SetUp, wanted: number): number {
  return shared ? wanted : 1;
}

/** Returns a key of the origin that no other workload uses. */
export function freshKey(): string {
  return `key-${crypto.randomUUID()}`;
}

/** Maps at most `limit` items at once, and returns the results in the order of the items. */
export async function mapLimited<T, R>(items: readonly T[], limit: number, map: (item: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = [];
  const waiting = [...items.entries()];
  async function work(): Promise<void> {
    for (let next = waiting.shift(); next; next = waiting.shift()) answers[next[0]] = await map(next[1]);
  }
  await Promise.all(Array.from({ length: limit }, work));
  return answers;
}
