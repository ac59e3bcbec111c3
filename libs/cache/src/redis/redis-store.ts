import { type RedisClient, type RedisConnection, RedisUnavailableError } from '@nuthatch/redis';
import {
  type BackOff,
  type Fill,
  type Lease,
  LONGEST_LEASE_MS,
  type ReadingOptions,
  type RecordSnapshot,
  type RecordStore,
  type StoredText,
  type StoreReading,
} from '../core/store/store.js';
import { refreshLockOf } from '../core/store/record-format.js';
import type { Heartbeat } from './heartbeat.js';
import type { ReadGate } from './read-gate.js';
import { type RedisScript, runScript, type ScriptArgument } from './run-script.js';
import * as scripts from './scripts.generated.js';
import { UnacknowledgedReleases } from './unacknowledged-releases.js';

/** How many keys Redis visits per SCAN before it serves other clients. */
const SCAN_COUNT = 250;
/** Last byte that is read of a tag. A text that is longer than a version is no version. */
const LAST_BYTE_OF_TAG = '63';

/** Shows whether the server may be read. */
export interface ServerProof {
  readonly gate: ReadGate;
  readonly heartbeat: Heartbeat;
}

/** L2: Redis, one string per record. A hit takes plain reads; each step that decides is one script. */
export class RedisStore implements RecordStore {
  readonly tier = 'l2';
  readonly deadlineMs: number;
  readonly #lastByte: string;
  readonly #unacknowledged = new UnacknowledgedReleases();

  constructor(
    private readonly redis: RedisConnection,
    /** The channel on which every change is published, so that each process drops its copies. */
    private readonly channel: string,
    /** How many bytes of a record are read. A longer one comes from another program, and would keep the process busy. */
    maxRecordBytes = 4 * 1024 * 1024,
    /** What shows whether the server may be read. Without it, the store trusts every answer. */
    private readonly proof?: ServerProof,
  ) {
    this.deadlineMs = redis.operationTimeoutMs;
    this.#lastByte = String(maxRecordBytes);
    redis.onChange(({ connected }) => {
      if (connected) this.#unacknowledged.sendAgain();
    });
  }

  get session(): string | undefined {
    return this.redis.session;
  }

  get refusal(): string | undefined {
    return this.proof?.gate.refusal;
  }

  read(
    recordKeys: readonly string[],
    tags: readonly string[],
    { form, proven = false }: ReadingOptions = {},
  ): Promise<StoreReading> {
    const { gate, heartbeat } = this.proof ?? {};
    if (gate?.open === false) return Promise.reject(new RedisUnavailableError(gate.refusal ?? 'not verified yet'));
    return this.redis.run(async (client) => {
      // Sent together, they are one round trip. Raw commands, because building them is most of the cost of a hit in Redis.
      const sent = [
        ...recordKeys.flatMap((recordKey) => this.#snapshotOf(client, recordKey, form)),
        ...tags.map((tag) => client.sendCommand<unknown>(['GETRANGE', tag, '0', LAST_BYTE_OF_TAG])),
      ];
      // After the reads: an accepted write proves that they were current.
      const proof = proven ? heartbeat?.beat(client) : undefined;
      const [replies] = await Promise.all([Promise.all(sent), proof]);
      const textsOfTags = replies.splice(2 * recordKeys.length);
      return {
        records: recordKeys.map((_, index) => snapshot(replies[2 * index + 1], replies[2 * index])),
        tags: textsOfTags.map(textOf),
      };
    });
  }

  async *scan(prefix: string): AsyncGenerator<readonly string[], void> {
    // No key of the cache has a character with a meaning in a glob pattern.
    const MATCH = `${prefix}*`;
    let cursor = '0';
    do {
      const from = cursor;
      const page = await this.redis.run((client) => client.scan(from, { MATCH, COUNT: SCAN_COUNT }));
      cursor = page.cursor;
      if (page.keys.length > 0) yield page.keys;
    } while (cursor !== '0');
  }

  async acquire(recordKey: string, { token, leaseMs, replaces = '' }: Lease): Promise<boolean> {
    const acquiring = (client: RedisClient) =>
      runScript(client, scripts.acquire, { recordKey }, { token, leaseMs, replaces });
    const release = (): Promise<void> => this.release(recordKey, token);
    const late = (reply: unknown): void => {
      this.#unacknowledged.acknowledged(token);
      if (reply === 1) void release().catch(() => {});
    };
    try {
      return (await this.redis.run(acquiring, late)) === 1;
    } catch (error) {
      this.#unacknowledged.add(token, release);
      throw error;
    }
  }

  async fill(recordKey: string, { expected: expectedPrefix, ttlMs: expiryMs, ...stored }: Fill): Promise<boolean> {
    return (await this.#run(scripts.fill, { recordKey }, { expectedPrefix, value: wireForm(stored), expiryMs })) === 1;
  }

  async release(recordKey: string, token: string, backOff?: BackOff): Promise<void> {
    const { error: errorText = '', retryMs = 0 } = backOff ?? {};
    await this.#release(token, (client) =>
      runScript(client, scripts.release, { recordKey }, { token, errorText, retryMs }),
    );
  }

  async ensureTagVersion(recordKey: string, text: string, ttlMs: number): Promise<string> {
    return String(await this.#run(scripts.ensureTagVersion, { recordKey }, { text, lifeMs: ttlMs }));
  }

  async acquireRefreshLock(recordKey: string, leaseMs: number): Promise<boolean> {
    const lock = refreshLockOf(recordKey);
    const expiration = { type: 'PX', value: leaseMs } as const;
    const acquired = await this.redis.run((client) => client.set(lock, '1', { condition: 'NX', expiration }));
    if (acquired === 'OK') return true;
    // The clock of the server was set back: the holder is long gone.
    const longestMs = Math.max(leaseMs, LONGEST_LEASE_MS);
    const outlived = (await this.redis.run((client) => client.pTTL(lock))) > longestMs;
    if (outlived) await this.redis.run((client) => client.set(lock, '1', { expiration }));
    return outlived;
  }

  async releaseRefreshLock(recordKey: string): Promise<void> {
    const lock = refreshLockOf(recordKey);
    await this.#release(lock, (client) => client.del(lock));
  }

  async intent(recordKey: string, token: string, lifeMs: number): Promise<void> {
    await this.#run(scripts.intent, { recordKey }, { token, lifeMs, channel: this.channel, message: `i${recordKey}` });
  }

  async done(recordKey: string, token: string): Promise<boolean> {
    return (
      (await this.#run(scripts.done, { recordKey }, { token, channel: this.channel, message: `d${recordKey}` })) === 1
    );
  }

  async doneWithValue(recordKey: string, token: string, stored: StoredText): Promise<boolean> {
    const value = wireForm(stored);
    const { ttlMs: expiryMs } = stored;
    const message = { channel: this.channel, message: `d${recordKey}` };
    return (await this.#run(scripts.doneWithValue, { recordKey }, { token, value, expiryMs, ...message })) === 1;
  }

  async invalidate(recordKey: string): Promise<void> {
    await this.#run(scripts.invalidate, { recordKey }, { channel: this.channel, message: `d${recordKey}` });
  }

  async limitIntents(recordKey: string): Promise<void> {
    await this.#run(scripts.limitIntents, { recordKey }, {});
  }

  /**
   * Reads the remaining TTL before the text: if the text is replaced in between, its life is at worst taken as too short. The
   * text of an absent record is empty. An empty string reads the same, but the cache never writes one.
   */
  #snapshotOf(client: RedisClient, recordKey: string, form: ReadingOptions['form']): readonly Promise<unknown>[] {
    const asBytes = form === 'binary' ? { typeMapping: AS_BYTES } : undefined;
    return [
      client.sendCommand(['PTTL', recordKey]),
      client.sendCommand(['GETRANGE', recordKey, '0', this.#lastByte], asBytes),
    ];
  }

  async #release(token: string, send: (client: RedisClient) => Promise<unknown>): Promise<void> {
    try {
      await this.redis.run(send, () => this.#unacknowledged.acknowledged(token));
    } catch (error) {
      this.#unacknowledged.add(token, () => this.#release(token, send));
      throw error;
    }
  }

  #run<Key extends string, Argument extends string>(
    script: RedisScript<Key, Argument>,
    keys: Readonly<Record<Key, string>>,
    args: Readonly<Record<Argument, ScriptArgument>>,
  ): Promise<unknown> {
    return this.redis.run((client) => runScript(client, script, keys, args));
  }
}

/** The reply of PTTL for a key that does not exist. */
const GONE = -2;
const ABSENT: RecordSnapshot = { text: null, ttlMs: 0 };
/** The type byte of a bulk string in the Redis protocol: "$". */
const BLOB_STRING = 36;
const AS_BYTES = { [BLOB_STRING]: Buffer } as const;

function wireForm({ text, form }: Pick<StoredText, 'text' | 'form'>): string | Buffer {
  return form === 'binary' ? Buffer.from(text, 'latin1') : text;
}

function textOf(reply: unknown): string | null {
  // One byte per character.
  if (Buffer.isBuffer(reply)) return reply.length === 0 ? null : reply.toString('latin1');
  return typeof reply === 'string' && reply !== '' ? reply : null;
}

function snapshot(reply: unknown, ttl: unknown): RecordSnapshot {
  const text = textOf(reply);
  // Absent when its TTL was read, and stored since: it counts as absent, and is read again.
  if (text === null || typeof ttl !== 'number' || ttl === GONE) return ABSENT;
  return { text, ttlMs: Math.max(0, ttl) };
}
