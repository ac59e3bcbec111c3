import { createClient } from '@keyv/redis';
import { startRedis } from '../../support/redis-server.js';
import type { Contender } from './contender.js';
import { Entrant } from './entrant.js';

export interface Grounds {
  readonly entrants: readonly Entrant[];
  readonly redisUrl: string;
  /** How many commands Redis has carried out. */
  readonly redisCommands: () => Promise<number>;
}

export interface GroundsOptions {
  readonly contenders: readonly Contender[];
  /** The program that each server runs. */
  readonly program: string;
  /** Where servers run. @default anywhere */
  readonly core: string | undefined;
}

/** Runs `use` with a server for each contender and one Redis, and leaves none behind. */
export async function withGrounds<T>(
  { contenders, program, core }: GroundsOptions,
  use: (grounds: Grounds) => Promise<T>,
): Promise<T> {
  const redis = await startRedis();
  const client = createClient({ url: redis.url });
  const entrants: Entrant[] = [];
  const redisCommands = async (): Promise<number> =>
    Number(/total_commands_processed:(\d+)/.exec(await client.info('stats'))?.[1]);
  try {
    await client.connect();
    for (const contender of contenders) {
      entrants.push(await Entrant.start(contender, { program, core, redisUrl: redis.url }));
    }
    return await use({ entrants, redisUrl: redis.url, redisCommands });
  } finally {
    await Promise.all(entrants.map((entrant) => entrant.end()));
    client.destroy();
    await redis.kill();
  }
}
