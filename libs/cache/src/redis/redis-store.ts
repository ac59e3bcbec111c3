import type { RedisClient, RedisConnection } from '@nuthatch/redis';
import type { PayloadForm } from '../core/codec.js';
import type { BackOff, Fill, Lease, SlotSnapshot, SlotStore, StoredText, StoreReading } from '../core/ports.js';
import { claimOf } from '../core/slot.js';
import { type RedisScript, runScript, type ScriptArgument } from './run-script.js';
import * as scripts from './scripts.generated.js';

/** How many names Redis looks at before it serves somebody else. */
const SCAN_COUNT = 250;

/** L2: Redis, one string a slot. The hit path is plain reads; each step that decides is one script. */
export class RedisStore implements SlotStore {
  readonly tier = 'l2';

  constructor(
    private readonly redis: RedisConnection,
    /** Where every change is told, so that each process drops what it holds. */
    private readonly channel: string,
    /** How much of a slot is read, in bytes: what a foreign hand made longer would keep the process busy, and cannot be used. */
    private readonly maxSlotBytes = 4 * 1024 * 1024,
  ) {}

  get session(): string | undefined {
    return this.redis.session;
  }

  get deadlineMs(): number {
    return this.redis.operationTimeoutMs;
  }

  async read(slots: readonly string[], tags: readonly string[], form?: PayloadForm): Promise<StoreReading> {
    return this.redis.run(async (client) => {
      // Sent together, they are one round trip.
      const snapshots = Promise.all(slots.map((slot) => this.#snapshot(client, slot, form)));
      // Most reads know their tags already.
      if (tags.length === 0) return { slots: await snapshots, tags: NONE };
      const [found, texts] = await Promise.all([snapshots, Promise.all(tags.map((tag) => client.get(tag)))]);
      return { slots: found, tags: texts };
    });
  }

  async *scan(prefix: string): AsyncGenerator<readonly string[], void> {
    // No name of ours has a character that a pattern would take for more than itself.
    const MATCH = `${prefix}*`;
    let cursor = '0';
    do {
      const from = cursor;
      const page = await this.redis.run((client) => client.scan(from, { MATCH, COUNT: SCAN_COUNT }));
      cursor = page.cursor;
      if (page.keys.length > 0) yield page.keys;
    } while (cursor !== '0');
  }

  async acquire(slot: string, { token, leaseMs, invalidFillId = '' }: Lease): Promise<SlotSnapshot | undefined> {
    const acquiring = (client: RedisClient) =>
      runScript(client, scripts.acquire, { slot }, { token, leaseMs, invalidFillId });
    const giveBack = (reply: unknown): void => {
      if (reply === null) void this.release(slot, token).catch(() => {});
    };
    return standing(await this.redis.run(acquiring, giveBack));
  }

  async fill(slot: string, { expected: expectedPrefix, ttlMs: hardMs, ...stored }: Fill): Promise<boolean> {
    return (await this.#run(scripts.fill, { slot }, { expectedPrefix, value: wireForm(stored), hardMs })) === 1;
  }

  async release(slot: string, token: string, backOff?: BackOff): Promise<void> {
    const { error: errorText = '', retryMs = 0 } = backOff ?? {};
    await this.#run(scripts.release, { slot }, { token, errorText, retryMs });
  }

  async create(slot: string, text: string, ttlMs: number): Promise<string> {
    return String(await this.#run(scripts.create, { slot }, { text, lifeMs: ttlMs }));
  }

  async claim(slot: string, leaseMs: number): Promise<boolean> {
    const options = { condition: 'NX', expiration: { type: 'PX', value: leaseMs } } as const;
    return (await this.redis.run((client) => client.set(claimOf(slot), '1', options))) === 'OK';
  }

  async unclaim(slot: string): Promise<void> {
    await this.redis.run((client) => client.del(claimOf(slot)));
  }

  async intent(slot: string, token: string, lifeMs: number): Promise<void> {
    await this.#run(scripts.intent, { slot }, { token, lifeMs, channel: this.channel, message: `i${slot}` });
  }

  async done(slot: string, token: string): Promise<boolean> {
    return (await this.#run(scripts.done, { slot }, { token, channel: this.channel, message: `d${slot}` })) === 1;
  }

  async doneWithValue(slot: string, token: string, stored: StoredText): Promise<boolean> {
    const value = wireForm(stored);
    const { ttlMs: hardMs } = stored;
    const message = { channel: this.channel, message: `d${slot}` };
    return (await this.#run(scripts.doneWithValue, { slot }, { token, value, hardMs, ...message })) === 1;
  }

  async invalidate(slot: string): Promise<void> {
    await this.#run(scripts.invalidate, { slot }, { channel: this.channel, message: `d${slot}` });
  }

  async #snapshot(client: RedisClient, slot: string, form: PayloadForm | undefined): Promise<SlotSnapshot> {
    // The remaining TTL before the text, so that a text that is replaced in between is believed to end no later than it does.
    const ttl = client.pTTL(slot);
    const range = form === 'binary' ? this.#bytes(client, slot) : client.getRange(slot, 0, this.maxSlotBytes);
    const [ttlMs, text] = await Promise.all([ttl, range]);
    // An absent slot reads as '', and so does one that holds nothing: we never write such a one.
    return snapshot(text ? text : null, ttlMs);
  }

  /** The text of a slot with one byte in each character. */
  async #bytes(client: RedisClient, slot: string): Promise<string> {
    const bytes = await client.withTypeMapping(AS_BYTES).getRange(slot, 0, this.maxSlotBytes);
    return bytes?.toString('latin1') ?? '';
  }

  #run<Key extends string, Argument extends string>(
    script: RedisScript<Key, Argument>,
    keys: Readonly<Record<Key, string>>,
    args: Readonly<Record<Argument, ScriptArgument>>,
  ): Promise<unknown> {
    return this.redis.run((client) => runScript(client, script, keys, args));
  }
}

const NONE: readonly (string | null)[] = [];
/** What PTTL answers of a key that does not exist. */
const GONE = -2;
/** The type byte of a string of any length in Redis' protocol: "$". */
const BLOB_STRING = 36;
const AS_BYTES = { [BLOB_STRING]: Buffer } as const;

function wireForm({ text, form }: Pick<StoredText, 'text' | 'form'>): string | Buffer {
  return form === 'binary' ? Buffer.from(text, 'latin1') : text;
}

function snapshot(text: string | null, ttlMs: number): SlotSnapshot {
  // Gone when its TTL was asked for, and made since: it is looked at again.
  if (text === null || ttlMs === GONE) return { text: null, ttlMs: 0 };
  return { text, ttlMs: Math.max(0, ttlMs) };
}

function standing(reply: unknown): SlotSnapshot | undefined {
  if (reply === null) return undefined;
  const [ttlMs, text]: unknown[] = Array.isArray(reply) ? reply : [];
  return snapshot(typeof text === 'string' ? text : null, typeof ttlMs === 'number' ? ttlMs : 0);
}
