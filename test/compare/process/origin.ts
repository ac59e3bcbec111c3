import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from '@keyv/redis';
import type { Row } from '../contender.js';

/** One load or write in five takes longer than its query, by up to this many milliseconds. */
const SLOWEST_LOAD_MS = 20;
const SLOWEST_WRITE_MS = 5;

/** The database: another Redis, whose counters are the rows. It executes commands one by one, so versions are unique and ordered. */
export class Origin {
  calls = 0;
  readonly #client: ReturnType<typeof createClient>;

  private constructor(url: string) {
    this.#client = createClient({ url });
    this.#client.on('error', () => {});
  }

  static async connect(url: string): Promise<Origin> {
    const origin = new Origin(url);
    await origin.#client.connect();
    return origin;
  }

  /** Resolves to an outdated row if the row changes during the load. @param loadMs how long the load takes; @default sometimes a few milliseconds */
  async find(key: string, loadMs?: number): Promise<Row> {
    this.calls += 1;
    const version = Number((await this.#client.get(key)) ?? 0);
    await (loadMs === undefined ? sometimes(SLOWEST_LOAD_MS) : pause(loadMs));
    return { version };
  }

  async change(key: string): Promise<Row> {
    const version = await this.#client.incr(key);
    // The change is committed, and the cache is not invalidated yet.
    await sometimes(SLOWEST_WRITE_MS);
    return { version };
  }
}

async function sometimes(ms: number): Promise<void> {
  if (Math.random() < 0.2) await pause(Math.random() * ms);
}
