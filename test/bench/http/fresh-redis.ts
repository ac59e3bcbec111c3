import { createClient } from '@keyv/redis';
import { startRedis } from '../../support/redis-server.js';
import type { Contender } from './contender.js';
import { RunningServer } from './running-server.js';

export interface FreshRedis {
  readonly url: string;
  /** Returns how many commands Redis has executed. */
  readonly commandCount: () => Promise<number>;
  /** Empties Redis, runs `use` with a server of the contender, and ends the server. */
  readonly withServer: <T>(contender: Contender, use: (running: RunningServer) => Promise<T>) => Promise<T>;
}

export interface ServerProgram {
  /** The program that each server runs. */
  readonly program: string;
  /** The core of the servers. @default any */
  readonly core: string | undefined;
}

/** Runs `use` with a Redis of its own, and ends the Redis. */
export async function withFreshRedis<T>(
  { program, core }: ServerProgram,
  use: (redis: FreshRedis) => Promise<T>,
): Promise<T> {
  const redis = await startRedis();
  const client = createClient({ url: redis.url });
  try {
    await client.connect();
    return await use({
      url: redis.url,
      commandCount: async () => Number(/total_commands_processed:(\d+)/.exec(await client.info('stats'))?.[1]),
      withServer: async (contender, useServer) => {
        await client.flushAll();
        const running = await RunningServer.start(contender, { program, core, redisUrl: redis.url });
        try {
          return await useServer(running);
        } finally {
          await running.end();
        }
      },
    });
  } finally {
    client.destroy();
    await redis.kill();
  }
}
