import { createClient } from '@keyv/redis';
import { startRedis } from '../../support/redis-server.js';
import type { Contender } from './contender.js';
import { Entrant } from './entrant.js';

export interface Grounds {
  readonly redisUrl: string;
  /** Returns how many commands Redis has executed. */
  readonly redisCommands: () => Promise<number>;
  /** Empties Redis, runs `use` with a server of the contender, and ends the server. */
  readonly withEntrant: <T>(contender: Contender, use: (entrant: Entrant) => Promise<T>) => Promise<T>;
}

export interface GroundsOptions {
  /** The program that each server runs. */
  readonly program: string;
  /** The core of the servers. @default any */
  readonly core: string | undefined;
}

/** Runs `use` with a Redis of its own, and ends the Redis. */
export async function withGrounds<T>(
  { program, core }: GroundsOptions,
  use: (grounds: Grounds) => Promise<T>,
): Promise<T> {
  const redis = await startRedis();
  const client = createClient({ url: redis.url });
  try {
    await client.connect();
    return await use({
      redisUrl: redis.url,
      redisCommands: async () => Number(/total_commands_processed:(\d+)/.exec(await client.info('stats'))?.[1]),
      withEntrant: async (contender, useEntrant) => {
        await client.flushAll();
        const entrant = await Entrant.start(contender, { program, core, redisUrl: redis.url });
        try {
          return await useEntrant(entrant);
        } finally {
          await entrant.end();
        }
      },
    });
  } finally {
    client.destroy();
    await redis.kill();
  }
}
