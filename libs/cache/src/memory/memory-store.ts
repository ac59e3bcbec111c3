import type { Clock } from '../core/clock.js';
import type {
  BackOff,
  ChannelListener,
  Fill,
  Lease,
  MemoryBounds,
  RecordStore,
  StoredText,
  StoreReading,
  Tier,
} from '../core/store/store.js';
import { ExpiringLru } from './expiring-lru.js';
import { InMemoryProtocol } from '../core/store/in-memory-protocol.js';
import { textBytes } from './text-bytes.js';

/** So many slots are handed out at once, so that nobody decodes all there are in one turn. */
const PAGE = 250;

/** The store of an application that runs without Redis: one process, nothing shared, gone with it. It is never away. */
export class MemoryStore implements RecordStore {
  readonly tier: Tier = 'l2';
  readonly session = 'memory';
  readonly deadlineMs = Number.POSITIVE_INFINITY;
  readonly #machine: InMemoryProtocol;
  readonly #names: () => string[];

  constructor(clock: Clock, bounds: MemoryBounds, listener: ChannelListener) {
    const lru = new ExpiringLru<string>(clock, bounds);
    this.#names = () => lru.names();
    const texts = {
      get: (recordKey: string) => {
        const held = lru.get(recordKey);
        return held && { text: held.value, expiresAt: held.expiresAt };
      },
      set: (recordKey: string, text: string, expiresAt: number) =>
        lru.set(recordKey, text, { group: '', bytes: textBytes(recordKey) + textBytes(text), expiresAt }),
      delete: (recordKey: string) => lru.delete(recordKey),
    };
    this.#machine = new InMemoryProtocol(texts, clock, (kind, recordKey) => listener.onInvalidation(kind, recordKey));
    // Pushes arrive in the act itself, so nothing can be missed, ever.
    listener.onHeartbeat(Number.POSITIVE_INFINITY);
  }

  async read(recordKeys: readonly string[], tags: readonly string[]): Promise<StoreReading> {
    return {
      records: recordKeys.map((recordKey) => this.#machine.read(recordKey)),
      tags: tags.map((tag) => this.#machine.read(tag).text),
    };
  }

  async *scan(prefix: string): AsyncGenerator<readonly string[], void> {
    const names = this.#names().filter((name) => name.startsWith(prefix));
    for (let from = 0; from < names.length; from += PAGE) yield names.slice(from, from + PAGE);
  }

  async acquire(recordKey: string, lease: Lease): Promise<boolean> {
    return this.#machine.acquire(recordKey, lease);
  }

  async fill(recordKey: string, fill: Fill): Promise<boolean> {
    return this.#machine.fill(recordKey, fill);
  }

  async release(recordKey: string, token: string, backOff?: BackOff): Promise<void> {
    this.#machine.release(recordKey, token, backOff);
  }

  async ensureTagVersion(recordKey: string, text: string, ttlMs: number): Promise<string> {
    return this.#machine.create(recordKey, text, ttlMs);
  }

  async acquireRefreshLock(recordKey: string, leaseMs: number): Promise<boolean> {
    return this.#machine.claim(recordKey, leaseMs);
  }

  async releaseRefreshLock(recordKey: string): Promise<void> {
    this.#machine.unclaim(recordKey);
  }

  async intent(recordKey: string, token: string, lifeMs: number): Promise<void> {
    this.#machine.intent(recordKey, token, lifeMs);
  }

  async done(recordKey: string, token: string): Promise<boolean> {
    return this.#machine.done(recordKey, token);
  }

  async doneWithValue(recordKey: string, token: string, value: StoredText): Promise<boolean> {
    return this.#machine.doneWithValue(recordKey, token, value);
  }

  async invalidate(recordKey: string): Promise<void> {
    this.#machine.invalidate(recordKey);
  }
}
