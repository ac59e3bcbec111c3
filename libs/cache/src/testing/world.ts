import type fc from 'fast-check';
import { Cache } from '../core/cache.js';
import { defineCache } from '../core/cache-definition.js';
import { givenFleet, Refused } from './given-fleet.js';
import { type Acknowledged, type Covered, History, type Row, ROWS } from './history.js';
import type { Schedule } from './redis-simulator.js';
import { Turns } from './turns.js';

/** How much time passes where everybody sleeps. */
const IDLE_MS = 10;
const MAX_STALENESS_MS = 1_000;
const INTENT_MS = 10_000;

type Fleet = ReturnType<typeof givenFleet<number>>;

interface Instance {
  readonly process: number;
  readonly items: Cache<string, number>;
  readonly lists: Cache<string, readonly number[]>;
  readonly tiers: ReturnType<Fleet['instance']>['tiers'];
  readonly store: ReturnType<Fleet['instance']>['store'];
  deaf: boolean;
}

export type Step =
  | { readonly do: 'read' | 'fail'; readonly row: Row; readonly strong: boolean }
  | { readonly do: 'list'; readonly strong: boolean }
  | {
      readonly do:
        'writeThrough' | 'writeAround' | 'refuse' | 'crash' | 'changeAndInvalidate' | 'changeAndInvalidateTags';
      readonly row: Row;
    }
  | { readonly do: 'clear' };

export type Event =
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'disconnect' | 'reconnect' | 'deafen' | 'hear'; readonly instance: number }
  | { readonly do: 'flush' | 'restart' };

export interface Story {
  readonly clients: readonly { readonly instance: number; readonly steps: readonly Step[] }[];
  readonly events: readonly Event[];
  /** Which calls of the store run into their deadline; they are carried out all the same, late. */
  readonly late: readonly number[];
  /** Which turns come up only after many others. Chance alone hardly ever lets ten turns pass by a single one. */
  readonly slow: readonly number[];
}

class OriginDown extends Error {}
class Lost extends Error {}

/** After these an intent may not stand. */
const HARMFUL: readonly Event['do'][] = ['disconnect', 'flush', 'restart'];

/** Processes over one simulated store and one origin, of which a scheduler decides every single act. */
export class World {
  readonly #instances: readonly Instance[];
  readonly #fleet: Fleet;
  readonly #history = new History(MAX_STALENESS_MS);
  readonly #turns: Turns;
  #calls = 0;

  constructor(
    scheduler: fc.Scheduler,
    private readonly story: Story,
  ) {
    this.#turns = new Turns(scheduler, story.slow);
    const policy = { ttl: '10s', staleWhileRevalidate: '10s' } as const;
    this.#fleet = givenFleet<number>({ ...policy, tags: () => ['items'] }, this.#schedule);
    const list = defineCache<string, readonly number[]>({
      ...policy,
      name: 'list',
      version: 1,
      key: this.#fleet.definition.key,
      tags: () => ['list'],
    });
    this.#instances = [0, 1, 2].map((process) => {
      const { cache, tiers, store } = this.#fleet.instance();
      const instance = { items: cache, lists: new Cache(list, tiers), tiers, store, process, deaf: false };
      this.#hear(instance);
      return instance;
    });
  }

  /** A call travels, is carried out, and its answer travels back. */
  readonly #schedule: Schedule = async (label, act) => {
    this.#calls += 1;
    const carriedOut = this.#turn(label).then(act);
    if (this.story.late.includes(this.#calls)) {
      await this.#turn(`${label} is late`);
      throw new Error(`The ${label} ran into its deadline.`);
    }
    const answer = await carriedOut;
    await this.#turn(`answer to ${label}`);
    return answer;
  };

  async run(): Promise<void> {
    // Entries that stand already are what can be too old.
    for (const instance of this.#instances)
      await this.#drive([this.#readList(instance, false), this.#read(instance, 'a', false)]);
    this.#calls = 0;
    this.#turns.begin();
    const told = this.story.clients.map(async ({ instance, steps }) => {
      for (const step of steps) await this.#step(this.#instance(instance), step);
    });
    await this.#drive([...told, this.#happen(this.story.events)]);
    await this.#drive([this.#recover()]);
    for (const instance of this.#instances) {
      for (const strong of [false, true]) {
        await this.#drive([...ROWS.map((row) => this.#read(instance, row, strong)), this.#readList(instance, strong)]);
      }
    }
  }

  async #step(instance: Instance, step: Step): Promise<void> {
    await this.#turn(step.do);
    const { items } = instance;
    switch (step.do) {
      case 'read':
        return this.#read(instance, step.row, step.strong);
      case 'fail':
        return this.#read(instance, step.row, step.strong, () => this.#fail());
      case 'list':
        return this.#readList(instance, step.strong);
      case 'writeThrough':
        return this.#write(instance, step.row, (body) => items.writeThrough(step.row, body, { tags: ['list'] }));
      case 'writeAround':
        return this.#write(instance, step.row, (body) =>
          items.writeAround(step.row, body, { tags: ['items', 'list'] }),
        );
      case 'refuse':
        return throwing(
          Refused,
          items.writeThrough(step.row, () => this.#refuse(), { tags: ['list'] }),
        );
      case 'crash':
        return this.#crash(instance, step.row);
      case 'changeAndInvalidate': {
        const version = await this.#commit(step.row);
        const applied = (await items.invalidate(step.row)) === 'applied';
        return this.#acknowledge(instance, { row: step.row, version, covers: ['item'], applied });
      }
      case 'changeAndInvalidateTags': {
        const version = await this.#commit(step.row);
        const applied = (await items.invalidateTags(['items', 'list'])) === 'applied';
        return this.#acknowledge(instance, { row: step.row, version, covers: ['item', 'list'], applied });
      }
      case 'clear':
        await items.clear();
    }
  }

  async #read(instance: Instance, row: Row, strong: boolean, load = () => this.#select(row)): Promise<void> {
    const oldest = this.#oldest(instance, row, 'item', strong);
    const found = await instance.items.readThrough(row, once(load), { strong }).catch(unlessOriginDown);
    if (found !== undefined) this.#history.judge(row, found, oldest);
  }

  async #fail(): Promise<number> {
    await this.#turn('origin fails');
    throw new OriginDown();
  }

  async #readList(instance: Instance, strong: boolean): Promise<void> {
    const oldest = ROWS.map((row) => this.#oldest(instance, row, 'list', strong));
    const load = async (): Promise<readonly number[]> => {
      const found: number[] = [];
      for (const row of ROWS)
        found.push(
          await instance.items.readThrough(
            row,
            once(() => this.#select(row)),
          ),
        );
      return found;
    };
    const found = await instance.lists.readThrough('all', once(load), { strong }).catch(unlessOriginDown);
    if (found) ROWS.forEach((row, index) => this.#history.judge(row, found[index], oldest[index]));
  }

  async #write(instance: Instance, row: Row, write: (body: () => Promise<number>) => Promise<number>): Promise<void> {
    const version = await write(() => this.#commit(row));
    const applied = !instance.tiers.pending.concerns(instance.tiers.names.slot('test', row).name, []);
    this.#acknowledge(instance, { row, version, covers: ['item', 'list'], applied });
  }

  /** The commit goes through and its answer is lost: nobody ends the write, whose intents run out. */
  async #crash(instance: Instance, row: Row): Promise<void> {
    const announcedAt = this.#fleet.clock.now();
    let version = 0;
    const body = async (): Promise<number> => {
      version = await this.#commit(row);
      throw new Lost();
    };
    await throwing(Lost, instance.items.writeAround(row, body, { tags: ['list'] }));
    // An intent protects only what is committed before it runs out.
    const inTime = this.#fleet.clock.now() - announcedAt < INTENT_MS;
    const announced =
      inTime && this.story.late.length === 0 && !this.story.events.some((event) => HARMFUL.includes(event.do));
    if (announced)
      this.#acknowledge(instance, { row, version, covers: ['item', 'list'], applied: true, orphaned: true });
  }

  async #commit(row: Row): Promise<number> {
    await this.#turn(`commit ${row}`);
    const version = this.#history.commit(row);
    await this.#turn(`committed ${row}`);
    return version;
  }

  async #refuse(): Promise<number> {
    await this.#turn('rollback');
    throw new Refused();
  }

  async #select(row: Row): Promise<number> {
    await this.#turn(`select ${row}`);
    const version = this.#history.newest(row);
    await this.#turn(`selected ${row}`);
    return version;
  }

  #acknowledge(by: Instance, change: Omit<Acknowledged, 'at' | 'by'>): void {
    this.#history.acknowledge({ ...change, by: by.process, at: this.#fleet.clock.now() });
  }

  #oldest({ process, deaf }: Instance, row: Row, covered: Covered, strong: boolean): number {
    return this.#history.oldest(row, covered, { process, deaf, strong }, this.#fleet.clock.now());
  }

  async #happen(events: readonly Event[]): Promise<void> {
    for (const event of events) {
      await this.#turn(event.do);
      this.#event(event);
    }
  }

  #event(event: Event): void {
    switch (event.do) {
      case 'pass':
        return this.#pass(event.ms);
      case 'disconnect':
        return this.#instance(event.instance).store.disconnect();
      case 'reconnect':
        return this.#reconnect(this.#instance(event.instance));
      case 'deafen': {
        const instance = this.#instance(event.instance);
        instance.deaf = true;
        return instance.store.deafen();
      }
      case 'hear':
        return this.#hear(this.#instance(event.instance));
      case 'flush':
        return this.#fleet.server.flush();
      case 'restart':
        this.#fleet.server.restart();
        for (const { tiers } of this.#instances) {
          tiers.coherence.interrupted();
          tiers.pending.add({ slots: [], tags: [tiers.names.namespaceTag] });
        }
    }
  }

  /** Time passes, and whoever hears is proved to hear. */
  #pass(ms: number): void {
    this.#fleet.clock.advance(ms);
    for (const { tiers, deaf } of this.#instances) if (!deaf) tiers.coherence.fenced(this.#fleet.clock.now());
  }

  #reconnect(instance: Instance): void {
    instance.store.reconnect();
    void this.#flushPending(instance);
  }

  #hear(instance: Instance): void {
    instance.store.deafen();
    this.#fleet.server.connect(instance.tiers.coherence);
    instance.deaf = false;
    instance.tiers.coherence.interrupted();
    instance.tiers.coherence.fenced(this.#fleet.clock.now());
  }

  async #flushPending(instance: Instance): Promise<void> {
    const { pending } = instance.tiers;
    await pending.flush(instance.store);
    if (pending.size > 0) return;
    this.#history.applied(instance.process);
  }

  async #recover(): Promise<void> {
    for (const instance of this.#instances) {
      instance.store.reconnect();
      this.#hear(instance);
      while (instance.tiers.pending.size > 0) await this.#flushPending(instance);
      await this.#flushPending(instance);
    }
  }

  #turn(label: string): Promise<void> {
    return this.#turns.take(label);
  }

  #drive(work: readonly Promise<void>[]): Promise<void> {
    return this.#turns.drive(work, () => this.#pass(IDLE_MS));
  }

  #instance(index: number): Instance {
    const instance = this.#instances[index % this.#instances.length];
    if (!instance) throw new Error('There are no instances');
    return instance;
  }
}

/** The origin's own error reaches everybody who shares the load. */
function unlessOriginDown(error: unknown): undefined {
  if (!(error instanceof OriginDown)) throw error;
}

/** A loader that may be called, and not twice. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let called = false;
  return () => {
    if (called) throw new Error('A loader ran twice in one call');
    called = true;
    return load();
  };
}

async function throwing(expected: typeof Lost | typeof Refused, work: Promise<unknown>): Promise<void> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof expected)) throw new Error(`Not the error of the body: ${String(thrown)}`);
}
