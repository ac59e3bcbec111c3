import type { Clock } from '../core/clock.js';
import type { MemoryBounds, MemoryUsage, Slot, SlotSnapshot, SlotStore, Tier } from '../core/ports.js';
import { ExpiringLru } from './expiring-lru.js';
import { textBytes } from './text-bytes.js';

const TAGS = '#tags';
const NEVER = Number.POSITIVE_INFINITY;

/** The store of an application that runs without Redis: one process, nothing shared, gone with it. */
export class MemoryStore implements SlotStore {
  readonly tier: Tier = 'l1';
  readonly #texts: ExpiringLru<string>;

  constructor(
    private readonly clock: Clock,
    bounds: MemoryBounds,
  ) {
    this.#texts = new ExpiringLru(clock, bounds);
  }

  async read(slot: Slot, tags: readonly string[]): Promise<SlotSnapshot> {
    const held = this.#texts.get(slot.name);
    return {
      text: held?.value ?? null,
      ttlMs: held ? held.expiresAt - this.clock.now() : 0,
      tagVersions: tags.map((tag) => this.#texts.get(tag)?.value ?? null),
    };
  }

  async write(slot: Slot, text: string, ttlMs: number): Promise<void> {
    this.#put(slot.name, text, slot.cache, this.clock.now() + ttlMs);
  }

  async delete(slot: Slot): Promise<void> {
    this.#texts.delete(slot.name);
  }

  async createTag(tag: string, version: string): Promise<string> {
    const standing = this.#texts.get(tag)?.value;
    if (standing !== undefined) return standing;
    await this.replaceTag(tag, version);
    return version;
  }

  async replaceTag(tag: string, version: string): Promise<void> {
    this.#put(tag, version, TAGS, NEVER);
  }

  usage(cache: string): MemoryUsage {
    return this.#texts.usage(cache);
  }

  #put(name: string, text: string, group: string, expiresAt: number): void {
    this.#texts.set(name, text, { group, bytes: textBytes(name) + textBytes(text), expiresAt });
  }
}
