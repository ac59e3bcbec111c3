import type { Clock } from '../core/clock.js';
import type {
  BackOff,
  ChannelListener,
  Fill,
  Lease,
  MemoryBounds,
  SlotStore,
  StoredText,
  StoreReading,
  Tier,
} from '../core/store/store.js';
import { ExpiringLru } from './expiring-lru.js';
import { SlotMachine } from '../core/store/in-memory-protocol.js';
import { textBytes } from './text-bytes.js';

/** So many slots are handed out at once, so that nobody decodes all there are in one turn. */
const PAGE = 250;

/** The store of an application that runs without Redis: one process, nothing shared, gone with it. It is never away. */
export class MemoryStore implements SlotStore {
  readonly tier: Tier = 'l2';
  readonly session = 'memory';
  readonly deadlineMs = Number.POSITIVE_INFINITY;
  readonly #machine: SlotMachine;
  readonly #names: () => string[];

  constructor(clock: Clock, bounds: MemoryBounds, listener: ChannelListener) {
    const lru = new ExpiringLru<string>(clock, bounds);
    this.#names = () => lru.names();
    const texts = {
      get: (slot: string) => {
        const held = lru.get(slot);
        return held && { text: held.value, expiresAt: held.expiresAt };
      },
      set: (slot: string, text: string, expiresAt: number) =>
        lru.set(slot, text, { group: '', bytes: textBytes(slot) + textBytes(text), expiresAt }),
      delete: (slot: string) => lru.delete(slot),
    };
    this.#machine = new SlotMachine(texts, clock, (kind, slot) => listener.pushed(kind, slot));
    // Pushes arrive in the act itself, so nothing can be missed, ever.
    listener.fenced(Number.POSITIVE_INFINITY);
  }

  async read(slots: readonly string[], tags: readonly string[]): Promise<StoreReading> {
    return {
      slots: slots.map((slot) => this.#machine.read(slot)),
      tags: tags.map((tag) => this.#machine.read(tag).text),
    };
  }

  async *scan(prefix: string): AsyncGenerator<readonly string[], void> {
    const names = this.#names().filter((name) => name.startsWith(prefix));
    for (let from = 0; from < names.length; from += PAGE) yield names.slice(from, from + PAGE);
  }

  async acquire(slot: string, lease: Lease): Promise<boolean> {
    return this.#machine.acquire(slot, lease);
  }

  async fill(slot: string, fill: Fill): Promise<boolean> {
    return this.#machine.fill(slot, fill);
  }

  async release(slot: string, token: string, backOff?: BackOff): Promise<void> {
    this.#machine.release(slot, token, backOff);
  }

  async create(slot: string, text: string, ttlMs: number): Promise<string> {
    return this.#machine.create(slot, text, ttlMs);
  }

  async claim(slot: string, leaseMs: number): Promise<boolean> {
    return this.#machine.claim(slot, leaseMs);
  }

  async unclaim(slot: string): Promise<void> {
    this.#machine.unclaim(slot);
  }

  async intent(slot: string, token: string, lifeMs: number): Promise<void> {
    this.#machine.intent(slot, token, lifeMs);
  }

  async done(slot: string, token: string): Promise<boolean> {
    return this.#machine.done(slot, token);
  }

  async doneWithValue(slot: string, token: string, value: StoredText): Promise<boolean> {
    return this.#machine.doneWithValue(slot, token, value);
  }

  async invalidate(slot: string): Promise<void> {
    this.#machine.invalidate(slot);
  }
}
