import type { Clock } from '../../src/core/clock.js';
import { Refused } from '../../src/testing/fleet.js';
import type { Acknowledged, History, Row } from './history.js';
import { type Instance, recordKeyOf } from './instance.js';
import type { Origin } from './origin.js';
import type { Write } from './scenario.js';

/** Thrown if the reply to the commit is lost, so that its outcome is unknown. */
class Lost extends Error {}

/** Writes, and records acknowledged changes in the history. */
export class Writer {
  constructor(
    private readonly origin: Origin,
    private readonly history: History,
    private readonly clock: Clock,
    /** Whether intents are kept until they are ended or expire. */
    private readonly intentsAreKept: boolean,
  ) {}

  write(how: Write, instance: Instance, row: Row): Promise<void> {
    const { items } = instance;
    switch (how) {
      case 'writeThrough':
        return this.#change(instance, row, (body) => items.writeThrough(row, body, { tags: ['list'] }));
      case 'writeInvalidate':
        return this.#change(instance, row, (body) => items.writeInvalidate(row, body, { tags: ['items', 'list'] }));
      case 'refuse':
        return throwing(
          Refused,
          items.writeThrough(row, () => this.origin.refuse(), { tags: ['list'] }),
        );
      case 'crash':
        return this.#crash(instance, row);
      case 'changeAndInvalidate':
        return this.#invalidate(instance, row, ['item']);
      case 'changeAndInvalidateTags':
        return this.#invalidate(instance, row, ['item', 'list']);
    }
  }

  async #change(instance: Instance, row: Row, write: (body: () => Promise<number>) => Promise<number>): Promise<void> {
    const version = await write(() => this.origin.commit(row));
    const applied = !instance.runtime.pending.affects(recordKeyOf(instance, row), []);
    this.#acknowledge(instance, { row, version, covers: ['item', 'list'], applied });
  }

  async #invalidate(instance: Instance, row: Row, covers: Acknowledged['covers']): Promise<void> {
    const { items } = instance;
    const version = await this.origin.commit(row);
    const applied = await (covers.includes('list') ? items.invalidateTags(['items', 'list']) : items.invalidate(row));
    this.#acknowledge(instance, { row, version, covers, applied: applied === 'applied' });
  }

  /** Commits and loses the reply: the write is never ended, and its intents expire. */
  async #crash(instance: Instance, row: Row): Promise<void> {
    let version = 0;
    const body = async (): Promise<number> => {
      version = await this.origin.commit(row);
      throw new Lost();
    };
    await throwing(Lost, instance.items.writeInvalidate(row, body, { tags: ['list'] }));
    if (!this.intentsAreKept) return;
    this.#acknowledge(instance, { row, version, covers: ['item', 'list'], applied: true, orphaned: true });
  }

  #acknowledge(by: Instance, change: Omit<Acknowledged, 'at' | 'by'>): void {
    this.history.acknowledge({ ...change, by: by.process, at: this.clock.now() });
  }
}

async function throwing(expected: typeof Lost | typeof Refused, work: Promise<unknown>): Promise<void> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof expected)) throw new Error(`Not the error of the body: ${String(thrown)}`);
}
