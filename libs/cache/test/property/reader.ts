import type { Clock } from '../../src/core/clock.js';
import { type Covered, type History, type Row, ROWS } from './history.js';
import type { Instance } from './instance.js';
import { type Origin, OriginDown } from './origin.js';

/** Reads, and checks each value against the history. */
export class Reader {
  #reads = 0;

  constructor(
    private readonly origin: Origin,
    private readonly history: History,
    private readonly clock: Clock,
  ) {}

  async read(instance: Instance, row: Row, strong: boolean, load = () => this.origin.select(row)): Promise<void> {
    const oldest = this.#oldest(instance, row, 'item', strong);
    this.#reads += 1;
    const ahead = !strong && this.#reads % 2 === 0;
    const reading = ahead
      ? readAsRequest(instance, row, load)
      : instance.items.readThrough(row, once(load), { strong });
    const found = await reading.catch(unlessOriginDown);
    if (found !== undefined) this.history.judge(row, found, oldest);
  }

  fail(instance: Instance, row: Row, strong: boolean): Promise<void> {
    return this.read(instance, row, strong, () => this.origin.fail());
  }

  async many(instance: Instance, strong: boolean): Promise<void> {
    const oldest = ROWS.map((row) => this.#oldest(instance, row, 'item', strong));
    const found = await this.#many(instance, strong).catch(unlessOriginDown);
    if (found) ROWS.forEach((row, index) => this.history.judge(row, found[index], oldest[index]));
  }

  async list(instance: Instance, strong: boolean, together: boolean): Promise<void> {
    const oldest = ROWS.map((row) => this.#oldest(instance, row, 'list', strong));
    const load = once(() => (together ? this.#many(instance, false) : this.#oneByOne(instance)));
    const found = await instance.lists.readThrough('all', load, { strong }).catch(unlessOriginDown);
    if (found) ROWS.forEach((row, index) => this.history.judge(row, found[index], oldest[index]));
  }

  async #oneByOne({ items }: Instance): Promise<readonly number[]> {
    const found: number[] = [];
    for (const row of ROWS) {
      const load = once(() => this.origin.select(row));
      found.push(await items.readThrough(row, load));
    }
    return found;
  }

  async #many({ items }: Instance, strong: boolean): Promise<readonly number[]> {
    const requested = new Set<string>();
    const found = await items.readThroughMany(
      ROWS,
      (missing) => {
        const rows = ROWS.filter((row) => missing.includes(row));
        if (missing.some((row) => requested.has(row))) throw new Error('A row was loaded twice in one call');
        missing.forEach((row) => requested.add(row));
        return this.origin.selectMany(rows);
      },
      { strong },
    );
    return found.filter((version) => version !== undefined);
  }

  #oldest({ process, messagesLost }: Instance, row: Row, covered: Covered, strong: boolean): number {
    return this.history.oldest(row, covered, { process, messagesLost, strong }, this.clock.now());
  }
}

/** Reads as a request on Fastify: from memory, or by a read whose load continues in the pipeline. */
async function readAsRequest({ items }: Instance, row: Row, load: () => Promise<number>): Promise<number | undefined> {
  const entry = items.at(row);
  const result = entry?.getFromMemory() ?? (await entry?.read(once(load)));
  return result?.answer.value;
}

/** Ignores the origin's own error, which every caller that shares the load gets. */
function unlessOriginDown(error: unknown): undefined {
  if (!(error instanceof OriginDown)) throw error;
}

/** Returns a loader that throws if it is called twice. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let called = false;
  return () => {
    if (called) throw new Error('A loader ran twice in one call');
    called = true;
    return load();
  };
}
