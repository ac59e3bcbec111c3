import type { Clock } from '../core/clock.js';
import type {
  BackOff,
  ChannelListener,
  Fill,
  MemoryBounds,
  MemoryUsage,
  ReadingOptions,
  RecordStore,
  StoredText,
  StoreReading,
  Tier,
} from '../core/store/store.js';
import { stringBytes } from '../core/store/heap-bytes.js';
import { InMemoryProtocol } from '../core/store/in-memory-protocol.js';
import { ExpiringLru, type Held } from './expiring-lru.js';

/** Record keys per page, so that a reader does not decode all records in one tick. */
const PAGE = 250;

/** The heap of a record besides its texts, in bytes: this object, its time, its place in the map. Less for the key, which L1 shares. */
const HELD_BYTES = 100;
const GROUP = 'records';

class HeldRecord implements Held {
  readonly group = GROUP;
  readonly bytes: number;
  /** In whole milliseconds: V8 keeps a number with a fraction in an object of its own. */
  readonly expiresAt: number;
  older: Held | undefined = undefined;
  newer: Held | undefined = undefined;

  constructor(
    readonly name: string,
    readonly text: string,
    expiresAt: number,
  ) {
    this.bytes = HELD_BYTES + stringBytes(name) + stringBytes(text);
    this.expiresAt = Math.floor(expiresAt);
  }
}

/** Stores records in the process, for an application without Redis. It is always available, and is lost with the process. */
export class MemoryStore implements RecordStore {
  readonly tier: Tier = 'l2';
  readonly session = 'memory';
  readonly deadlineMs = Number.POSITIVE_INFINITY;
  readonly #protocol: InMemoryProtocol;
  readonly #records: ExpiringLru<HeldRecord>;

  constructor(clock: Clock, bounds: MemoryBounds, listener: ChannelListener) {
    const records = new ExpiringLru<HeldRecord>(clock, bounds);
    this.#records = records;
    const texts = {
      get: (recordKey: string) => records.get(recordKey),
      set: (recordKey: string, text: string, expiresAt: number) =>
        records.hold(new HeldRecord(recordKey, text, expiresAt)),
      delete: (recordKey: string) => records.delete(recordKey),
    };
    this.#protocol = new InMemoryProtocol(texts, clock, (kind, recordKey) => listener.onInvalidation(kind, recordKey));
    // Messages are delivered synchronously, so none can be lost.
    listener.onHeartbeat(Number.POSITIVE_INFINITY);
  }

  sessionOf(): string {
    return this.session;
  }

  get usage(): MemoryUsage {
    return this.#records.usage(GROUP);
  }

  async read(
    recordKeys: readonly string[],
    tags: readonly string[],
    { lease }: ReadingOptions = {},
  ): Promise<StoreReading> {
    return {
      records: recordKeys.map((recordKey) => this.#protocol.read(recordKey, lease)),
      tags: tags.map((tag) => this.#protocol.read(tag).text),
    };
  }

  async *scan(prefix: string): AsyncGenerator<readonly string[], void> {
    const names = this.#records.names().filter((name) => name.startsWith(prefix));
    for (let from = 0; from < names.length; from += PAGE) yield names.slice(from, from + PAGE);
  }

  async fill(recordKey: string, fill: Fill): Promise<boolean> {
    return this.#protocol.fill(recordKey, fill);
  }

  async release(recordKey: string, token: string, backOff?: BackOff): Promise<void> {
    this.#protocol.release(recordKey, token, backOff);
  }

  async ensureTagVersion(recordKey: string, text: string, ttlMs: number): Promise<string> {
    return this.#protocol.ensureTagVersion(recordKey, text, ttlMs);
  }

  async intent(recordKey: string, token: string, lifeMs: number): Promise<void> {
    this.#protocol.intent(recordKey, token, lifeMs);
  }

  async done(recordKey: string, token: string): Promise<boolean> {
    return this.#protocol.done(recordKey, token);
  }

  async doneWithValue(recordKey: string, token: string, value: StoredText): Promise<boolean> {
    return this.#protocol.doneWithValue(recordKey, token, value);
  }

  async invalidate(recordKey: string): Promise<void> {
    this.#protocol.invalidate(recordKey);
  }
}
