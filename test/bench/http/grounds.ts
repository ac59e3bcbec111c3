import { createClient } from '@keyv/redis';
import { startRedis } from '../../support/redis-server.js';
import type { Contender } from './contender.js';
import { Entrant } from './entrant.js';

export interface Grounds {
  readonly redisUrl: string;
  /** How many commands Redis has carried out. */
  readonly redisCommands: () => Promise<number>;
  /** Runs `use` with a server of a contender, for which Redis is empty, and leaves none behind. */
  readonly withEntrant: <T>(contender: Contender, use: (entrant: Entrant) => Promise<T>) => Promise<T>;
}

export interface GroundsOptions {
  /** The program that each server runs. */
  readonly program: string;
  /** Where servers run. @default anywhere */
  readonly core: string | undefined;
}

/** Runs `use` with one Redis, and leaves none behind. */
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
