import type fc from 'fast-check';
import { Faults } from './faults.js';
import { History, ROWS } from './history.js';
import { givenInstances, type Instance, type Mutant } from './instance.js';
import { Origin } from './origin.js';
import { Reader } from './reader.js';
import type { Schedule } from '../../src/testing/redis-simulator.js';
import { type Act, Counted, type Scenario } from './scenario.js';
import { Scheduler } from './scheduler.js';
import { Writer } from './writer.js';

/** How much time passes while every process sleeps. */
const IDLE_MS = 10;
const MAX_STALENESS_MS = 1_000;

/** Acts after which an intent may be lost. */
const LOSES_INTENTS: readonly Act['do'][] = ['disconnect', 'flush', 'restart'];

/** Simulates processes over one store and one origin. A scheduler decides the order of every step. */
export class Simulation {
  readonly #instances: readonly Instance[];
  readonly #scheduler: Scheduler;
  #late = new Counted();
  readonly #reader: Reader;
  readonly #writer: Writer;
  readonly #faults: Faults;

  constructor(
    scheduler: fc.Scheduler,
    private readonly scenario: Scenario,
    mutant: Mutant = {},
  ) {
    this.#scheduler = new Scheduler(scheduler, scenario.slow);
    const { fleet, instances } = givenInstances(this.#schedule, mutant);
    const history = new History(MAX_STALENESS_MS);
    const origin = new Origin(history, (label) => this.#scheduler.take(label));
    const intentsAreKept =
      scenario.late.length === 0 && !scenario.threads.flat().some((act) => LOSES_INTENTS.includes(act.do));
    this.#instances = instances;
    this.#reader = new Reader(origin, history, fleet.clock);
    this.#writer = new Writer(origin, history, fleet.clock, intentsAreKept);
    this.#faults = new Faults(fleet, instances, history);
  }

  /** Takes one turn to carry out a call, and one turn for its reply. */
  readonly #schedule: Schedule = async (label, act) => {
    const late = this.#late.next(label);
    const executed = this.#scheduler.take(label).then(act);
    if (late) {
      executed.catch(() => {});
      await this.#scheduler.take(`${label} is late`);
      throw new Error(`The ${label} ran into its deadline.`);
    }
    const reply = await executed;
    await this.#scheduler.take(`reply to ${label}`);
    return reply;
  };

  async run(): Promise<void> {
    this.#instances.forEach((instance) => this.#faults.receiveMessages(instance));
    // Fills the caches first, because only existing entries can be too old.
    for (const instance of this.#instances) {
      await this.#drive([this.#reader.list(instance, false, false), this.#reader.read(instance, 'a', false)]);
    }
    this.#late = new Counted(this.scenario.late);
    this.#scheduler.begin();
    await this.#drive(this.scenario.threads.map((acts) => this.#runThread(acts)));
    this.#scheduler.end();
    // Reads all caches now, and after every message has arrived. Only then recovers, because recovery flushes them.
    await this.#readAll(false);
    this.#faults.pass(MAX_STALENESS_MS);
    await this.#readAll(false);
    await this.#readAll(true);
    await this.#drive([this.#faults.recover()]);
    await this.#readAll(false);
  }

  async #runThread(acts: readonly Act[]): Promise<void> {
    for (const act of acts) {
      await this.#scheduler.take(act.do);
      await this.#do(act);
    }
  }

  async #do(act: Act): Promise<void> {
    if (!('by' in act)) return this.#faults.happen(act);
    const by = this.#instances[act.by];
    if (!by) throw new Error(`There is no process ${act.by}`);
    switch (act.do) {
      case 'read':
        return this.#reader.read(by, act.row, act.strong);
      case 'fail':
        return this.#reader.fail(by, act.row, act.strong);
      case 'many':
        return this.#reader.many(by, act.strong);
      case 'list':
        return this.#reader.list(by, act.strong, act.together);
      case 'clear':
        return void (await by.items.clear());
      case 'writeThrough':
      case 'writeInvalidate':
      case 'refuse':
      case 'crash':
      case 'changeAndInvalidate':
      case 'changeAndInvalidateTags':
        return this.#writer.write(act.do, by, act.row);
    }
  }

  async #readAll(strong: boolean): Promise<void> {
    await this.#drive(
      this.#instances.flatMap((instance) => [
        ...ROWS.map((row) => this.#reader.read(instance, row, strong)),
        this.#reader.list(instance, strong, false),
      ]),
    );
  }

  #drive(work: readonly Promise<void>[]): Promise<void> {
    return this.#scheduler.drive(work, () => this.#faults.pass(IDLE_MS));
  }
}
