import type { Clock } from '../core/clock.js';
import type {
  BackOff,
  ChannelListener,
  Fill,
  ReadingOptions,
  RecordStore,
  StoredText,
  StoreReading,
} from '../core/store/store.js';
import { type Publish, InMemoryProtocol, type RecordTexts } from '../core/store/in-memory-protocol.js';

/** Decides when a step of the simulated server runs: at once, unless a test interleaves the steps. */
export type Schedule = <T>(label: string, act: () => T) => Promise<T>;

/** Creates the implementation of the protocol. */
export type MakeMachine = (texts: RecordTexts, clock: Clock, publish: Publish) => InMemoryProtocol;

const atOnce: Schedule = async (_, act) => act();

interface Held {
  readonly text: string;
  readonly expiresAt: number;
}

/**
 * Simulates a Redis server with the protocol, in the test's process and on its clock: for unit tests of code that uses the
 * cache, and for tests that decide the order of every step. Its steps are compared with those of a real Redis.
 *
 * @example
 * const simulator = new RedisSimulator(clock);
 * const store = simulator.connect(listener);
 */
export class RedisSimulator {
  readonly #held = new Map<string, Held>();
  readonly #listeners = new Set<ChannelListener>();
  readonly machine: InMemoryProtocol;
  #saved: readonly (readonly [string, Held])[] = [];
  #servers = 1;

  constructor(
    private readonly clock: Clock,
    private readonly schedule: Schedule = atOnce,
    makeMachine: MakeMachine = (...parts) => new InMemoryProtocol(...parts),
  ) {
    const texts = {
      get: (recordKey: string) => this.#get(recordKey),
      set: (recordKey: string, text: string, expiresAt: number) => void this.#held.set(recordKey, { text, expiresAt }),
      delete: (recordKey: string) => void this.#held.delete(recordKey),
    };
    this.machine = makeMachine(texts, clock, (kind, recordKey) => {
      for (const listener of this.#listeners) listener.onInvalidation(kind, recordKey);
    });
  }

  /** Connects one process. Messages reach its listener in the order of the steps, before the reply to any of them. */
  connect(listener: ChannelListener): SimulatedStore {
    this.#listeners.add(listener);
    listener.onHeartbeat(Number.POSITIVE_INFINITY);
    return new SimulatedStore(this, this.schedule, () => this.#listeners.delete(listener));
  }

  get serverId(): string {
    return `server-${this.#servers}`;
  }

  /** Saves the records that {@link restart} restores. */
  save(): void {
    this.#saved = [...this.#held];
  }

  /** Changes to another server with the records {@link save}d last, or none, as after a restart without persistence. */
  restart(): void {
    this.#held.clear();
    for (const [recordKey, held] of this.#saved) this.#held.set(recordKey, held);
    this.#servers += 1;
  }

  /** Removes all records, as FLUSHALL does. No message is sent. */
  flush(): void {
    this.#held.clear();
  }

  /** Writes a record without the protocol, as another program would. No message is sent. */
  put(recordKey: string, text: string, ttlMs = Number.POSITIVE_INFINITY): void {
    this.#held.set(recordKey, { text, expiresAt: this.clock.now() + ttlMs });
  }

  /** Removes one record, as a server that is short of memory does. No message is sent. */
  evict(recordKey: string): void {
    this.#held.delete(recordKey);
  }

  /** Returns the text of a record, for assertions. */
  text(recordKey: string): string | undefined {
    return this.#get(recordKey)?.text;
  }

  #get(recordKey: string): Held | undefined {
    const held = this.#held.get(recordKey);
    if (held && held.expiresAt <= this.clock.now()) {
      this.#held.delete(recordKey);
      return undefined;
    }
    return held;
  }
}

/** One process's connection to a {@link RedisSimulator}. */
export class SimulatedStore implements RecordStore {
  readonly tier = 'l2';
  /** Reported, not enforced: the schedule decides how long a step takes. */
  deadlineMs = Number.POSITIVE_INFINITY;
  #epoch = 1;
  #disconnected = false;

  constructor(
    private readonly simulator: RedisSimulator,
    private readonly schedule: Schedule,
    /** Loses every message from now on, without an error. */
    readonly dropMessages: () => void,
  ) {}

  get session(): string | undefined {
    return this.#disconnected ? undefined : `${this.#epoch}:${this.simulator.serverId}`;
  }

  sessionOf(): string | undefined {
    return this.session;
  }

  disconnect(): void {
    this.#disconnected = true;
  }

  reconnect(): void {
    this.#disconnected = false;
    this.#epoch += 1;
  }

  read(recordKeys: readonly string[], tags: readonly string[], { lease }: ReadingOptions = {}): Promise<StoreReading> {
    return this.#act('read', ({ machine }) => ({
      records: recordKeys.map((recordKey) => machine.read(recordKey, lease)),
      tags: tags.map((tag) => machine.read(tag).text),
    }));
  }

  fill(recordKey: string, fill: Fill): Promise<boolean> {
    return this.#act('fill', ({ machine }) => machine.fill(recordKey, fill));
  }

  async release(recordKey: string, token: string, backOff?: BackOff): Promise<void> {
    await this.#act('release', ({ machine }) => machine.release(recordKey, token, backOff));
  }

  ensureTagVersion(recordKey: string, text: string, ttlMs: number): Promise<string> {
    return this.#act('ensure tag version', ({ machine }) => machine.ensureTagVersion(recordKey, text, ttlMs));
  }

  intent(recordKey: string, token: string, lifeMs: number): Promise<void> {
    return this.#act('intent', ({ machine }) => machine.intent(recordKey, token, lifeMs));
  }

  done(recordKey: string, token: string): Promise<boolean> {
    return this.#act('done', ({ machine }) => machine.done(recordKey, token));
  }

  doneWithValue(recordKey: string, token: string, value: StoredText): Promise<boolean> {
    return this.#act('done with value', ({ machine }) => machine.doneWithValue(recordKey, token, value));
  }

  invalidate(recordKey: string): Promise<void> {
    return this.#act('invalidate', ({ machine }) => machine.invalidate(recordKey));
  }

  async #act<T>(label: string, act: (simulator: RedisSimulator) => T): Promise<T> {
    const { simulator, session } = this;
    if (session === undefined) throw new Error('The simulated server is unavailable.');
    const { serverId } = simulator;
    const answer = await this.schedule(label, () => {
      if (simulator.serverId !== serverId) throw new Error('The simulated server was restarted before the step ran.');
      return act(simulator);
    });
    // A lost connection loses the reply, not the step.
    if (this.session !== session) throw new Error('The connection to the simulated server was lost before the reply.');
    return answer;
  }
}
