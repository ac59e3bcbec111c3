import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from '@keyv/redis';
import type { Row } from '../contender.js';

/** How much longer than the query a load or a write takes: one time in five, up to this many milliseconds. */
const SLOWEST_LOAD_MS = 20;
const SLOWEST_WRITE_MS = 5;

/** The database: another Redis, whose counters are the rows. It acts on one at a time, so versions are unique and ordered. */
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

  /** Old when it arrives, if the row is changed meanwhile. @param loadMs how long that takes; @default now and then a little */
  async find(key: string, loadMs?: number): Promise<Row> {
    this.calls += 1;
    const version = Number((await this.#client.get(key)) ?? 0);
    await (loadMs === undefined ? sometimes(SLOWEST_LOAD_MS) : pause(loadMs));
    return { version };
  }

  async change(key: string): Promise<Row> {
    const version = await this.#client.incr(key);
    // Committed, and not invalidated yet.
    await sometimes(SLOWEST_WRITE_MS);
    return { version };
  }
}

async function sometimes(ms: number): Promise<void> {
  if (Math.random() < 0.2) await pause(Math.random() * ms);
}
