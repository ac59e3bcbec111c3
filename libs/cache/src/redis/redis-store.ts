import type { RedisConnection } from '@nuthatch/redis';
import type { Slot, SlotSnapshot, SlotStore } from '../core/ports.js';

/** A tag that nobody touched for so long is forgotten, which makes its entries misses: safe, and no index grows for ever. */
const TAG_LIFE_MS = 24 * 60 * 60 * 1_000;

/** L2: Redis, one string a slot and one a tag. Every call settles within the connection's deadline. */
export class RedisStore implements SlotStore {
  readonly tier = 'l2';

  constructor(private readonly redis: RedisConnection) {}

  async read(slot: Slot, tags: readonly string[]): Promise<SlotSnapshot> {
    // The remaining TTL first: an entry that is replaced in between must not get the life of its successor.
    const [ttlMs, text, ...tagVersions] = await this.redis.run((client) =>
      Promise.all([client.pTTL(slot.name), client.get(slot.name), ...tags.map((tag) => client.get(tag))] as const),
    );
    return { text: ttlMs > 0 ? text : null, ttlMs, tagVersions };
  }

  async write(slot: Slot, text: string, ttlMs: number): Promise<void> {
    await this.redis.run((client) => client.set(slot.name, text, { expiration: { type: 'PX', value: ttlMs } }));
  }

  async delete(slot: Slot): Promise<void> {
    await this.redis.run((client) => client.del(slot.name));
  }

  async createTag(tag: string, version: string): Promise<string> {
    const standing = await this.redis.run((client) =>
      client.set(tag, version, { condition: 'NX', GET: true, expiration: { type: 'PX', value: TAG_LIFE_MS } }),
    );
    return standing ?? version;
  }

  async replaceTag(tag: string, version: string): Promise<void> {
    await this.redis.run((client) => client.set(tag, version, { expiration: { type: 'PX', value: TAG_LIFE_MS } }));
  }
}
