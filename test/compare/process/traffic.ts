import { setTimeout as pause } from 'node:timers/promises';
import { machineNow } from '../../support/processes/machine-clock.js';
import type { Traffic, TrafficReport } from './commands.js';
import type { Contender } from '../contender.js';
import type { Origin } from './origin.js';
import { Observations } from './observations.js';

const KEYS = Array.from({ length: 64 }, (_, index) => `row-${index}`);
/** How many reads a reader makes without a pause. */
const BURST = 16;
const READ_PAUSE_MS = 2;
/** The longest pause of a writer; each pause is random. With two writers per key, a row changes about every 0.3 s. */
const WRITE_PAUSE_MS = 1_200;

/** Readers of random rows, and writers that each change one row and read it back. */
export class TrafficSessions {
  readonly #seen = new Observations();
  #sessions: Promise<void>[] = [];
  #stopping = false;
  #reads = 0;
  #ownWritesMissed = 0;
  #failed = 0;

  constructor(
    private readonly contender: Contender,
    private readonly origin: Origin,
  ) {}

  begin({ readers, writersOfEachKey }: Traffic): void {
    const writers = Array.from({ length: writersOfEachKey }, () => KEYS).flat();
    this.#sessions = [
      ...Array.from({ length: readers }, () => this.#keepReading()),
      ...writers.map((key) => this.#keepWriting(key)),
    ];
  }

  async stop(): Promise<TrafficReport> {
    this.#stopping = true;
    await Promise.all(this.#sessions);
    return {
      reads: this.#reads,
      ownWritesMissed: this.#ownWritesMissed,
      failed: this.#failed,
      seen: this.#seen.rows(),
    };
  }

  async #keepReading(): Promise<void> {
    while (!this.#stopping) {
      for (let count = 0; count < BURST; count += 1) {
        await this.#attempt(() => this.#read(KEYS[Math.floor(Math.random() * KEYS.length)] ?? ''));
      }
      await pause(READ_PAUSE_MS);
    }
  }

  async #keepWriting(key: string): Promise<void> {
    while (!this.#stopping) {
      await pause(Math.random() * WRITE_PAUSE_MS);
      await this.#attempt(async () => {
        const { version } = await this.contender.write(key, () => this.origin.change(key));
        this.#seen.wrote(key, version, machineNow());
        if ((await this.#read(key)) < version) this.#ownWritesMissed += 1;
      });
    }
  }

  async #read(key: string): Promise<number> {
    const start = machineNow();
    const { version } = await this.contender.readThrough(key, () => this.origin.find(key));
    this.#seen.read(key, version, start);
    this.#reads += 1;
    return version;
  }

  async #attempt(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch {
      this.#failed += 1;
    }
  }
}
