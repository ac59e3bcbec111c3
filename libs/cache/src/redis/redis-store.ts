import { errorCode, isRedirection, type RedisConnection, RedisUnavailableError } from '@nuthatch/redis';
import type { Clock } from '../core/clock.js';
import type { Histogram } from '../core/histogram.js';
import {
  type BackOff,
  type Fill,
  type Lease,
  type ReadingOptions,
  type RecordSnapshot,
  type RecordStore,
  type StoredText,
  type StoreReading,
} from '../core/store/store.js';
import type { AcknowledgedNames } from './acknowledged-names.js';
import type { PayloadForm } from '../core/codec/codec.js';
import type { Heartbeat } from './heartbeat.js';
import type { ReadGate } from './read-gate.js';
import type { RedisScript, ScriptArgument } from './steps/run-script.js';
import * as scripts from './scripts.generated.js';
import type { ServerNames } from './server-names.js';
import { firstErrorOf, type RunScript, type Step, StepBatches, type StepGroup } from './steps/step-batches.js';
import { UnacknowledgedReleases } from './steps/unacknowledged-releases.js';

/** How many keys Redis visits per SCAN before it serves other clients. */
const SCAN_COUNT = 250;

/** Shows whether the server may be read. */
export interface ServerProof {
  readonly gate: ReadGate;
  readonly heartbeat: Heartbeat;
  /** Receives each record that the server has acknowledged as invalidated. */
  readonly acknowledged: AcknowledgedNames;
}

export interface RedisStoreOptions {
  /**
   * How many bytes of a record are read. A longer one comes from another program, and would keep the process busy.
   * @default 4 MiB
   */
  readonly maxRecordBytes?: number;
  /** Runs a script on some records. @default with one call */
  readonly runSteps?: RunScript;
  /** Collects how long the operations took. @default its own */
  readonly durations?: Map<string, Histogram>;
  readonly clock?: Clock;
}

const MAX_RECORD_BYTES = 4 * 1024 * 1024;

/** L2: one Redis server, with one string per record. Each step of the protocol is a step of a script. */
export class RedisStore implements RecordStore {
  readonly tier = 'l2';
  readonly deadlineMs: number;
  /** The arguments of a lookup that takes no lease. */
  readonly #readArgs: LookupStep['args'];
  readonly #steps: StepBatches;
  readonly #unacknowledged = new UnacknowledgedReleases();

  constructor(
    private readonly redis: RedisConnection,
    /** Every change is published on its channel, so that each process drops its copies. */
    private readonly names: Pick<ServerNames, 'channel'>,
    { maxRecordBytes = MAX_RECORD_BYTES, clock, runSteps, durations }: RedisStoreOptions = {},
    /** What shows whether the server may be read. Without it, the store trusts every answer. */
    private readonly proof?: ServerProof,
  ) {
    this.deadlineMs = redis.operationTimeoutMs;
    this.#readArgs = { lastByte: maxRecordBytes, token: '', leaseMs: 0, replaces: '' };
    this.#steps = new StepBatches(redis, clock, runSteps, durations);
    redis.onChange(({ connected }) => {
      if (connected) this.#unacknowledged.sendAgain();
    });
  }

  get session(): string | undefined {
    return this.redis.session;
  }

  sessionOf(): string | undefined {
    return this.redis.session;
  }

  get operations(): ReadonlyMap<string, Histogram> {
    return this.#steps.durations;
  }

  get refusal(): string | undefined {
    return this.proof?.gate.refusal;
  }

  /** Most reads pass here, so it makes no more than it needs: an async function of this size takes a kilobyte per call. */
  read(
    recordKeys: readonly string[],
    tags: readonly string[],
    { form = 'text', proven = false, lease }: ReadingOptions = {},
  ): Promise<StoreReading> {
    const { gate, heartbeat } = this.proof ?? {};
    if (gate?.open === false) return Promise.reject(new RedisUnavailableError(gate.refusal ?? 'not verified yet'));
    const args = lease ? { ...this.#readArgs, ...lease, replaces: lease.replaces ?? '' } : this.#readArgs;
    const steps: LookupStep[] = recordKeys.map((recordKey) => ({ recordKey, args }));
    for (const recordKey of tags) steps.push({ recordKey, args: TAG_LOOKUP, shared: true });
    const lookup = this.#steps.add(proven ? PROVEN_LOOKUP[form] : LOOKUP[form], scripts.lookup, steps, {
      reply: form === 'binary' ? AS_BYTES : undefined,
      // After the reads: an accepted write proves that they were current.
      proof: proven && heartbeat ? (client) => heartbeat.beat(client) : undefined,
      late: lease && ((replies) => this.#releaseLate(recordKeys, lease, replies)),
    });
    return lookup.batch.answered.then(
      () => this.#readingOf(lookup, recordKeys, lease),
      (error: unknown) => this.#failed(recordKeys, lease, error),
    );
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

  async fill(recordKey: string, fill: Fill): Promise<boolean> {
    const { expected: expectedPrefix, ttlMs: expiryMs } = fill;
    const args = { expectedPrefix, value: wireForm(fill), expiryMs };
    return (await this.#steps.take(scripts.fill, recordKey, args)) === DONE;
  }

  async release(recordKey: string, token: string, backOff?: BackOff): Promise<void> {
    const { error: errorText = '', retryMs = 0 } = backOff ?? {};
    const acknowledged = (): void => this.#unacknowledged.acknowledged(recordKey, token);
    try {
      await this.#steps.take(scripts.release, recordKey, { token, errorText, retryMs }, acknowledged);
    } catch (error) {
      if (!isRedirection(errorCode(error))) this.#oweRelease(recordKey, token, backOff);
      throw error;
    }
  }

  async ensureTagVersion(recordKey: string, text: string, ttlMs: number): Promise<string> {
    return String(await this.#steps.take(scripts.ensureTagVersion, recordKey, { text, lifeMs: ttlMs }));
  }

  async intent(recordKey: string, token: string, lifeMs: number): Promise<void> {
    await this.#steps.take(scripts.intent, recordKey, { token, lifeMs, channel: this.names.channel });
  }

  done(recordKey: string, token: string): Promise<boolean> {
    return this.#invalidating(scripts.done, recordKey, { token, channel: this.names.channel });
  }

  doneWithValue(recordKey: string, token: string, stored: StoredText): Promise<boolean> {
    const { ttlMs: expiryMs } = stored;
    const args = { token, value: wireForm(stored), expiryMs, channel: this.names.channel };
    return this.#invalidating(scripts.doneWithValue, recordKey, args);
  }

  async invalidate(recordKey: string): Promise<void> {
    await this.#invalidating(scripts.invalidate, recordKey, { channel: this.names.channel });
  }

  restrictReads(isReadable: () => boolean): void {
    this.proof?.gate.restrict(isReadable);
  }

  async limitIntents(recordKey: string): Promise<void> {
    await this.#steps.take(scripts.limitIntents, recordKey, {});
  }

  /** Returns what a lookup replied to its steps, of which the first look records up and the others tags. */
  #readingOf(lookup: StepGroup, recordKeys: readonly string[], lease: Lease | undefined): StoreReading {
    const replies = lookup.replies();
    const failure = firstErrorOf(replies);
    if (failure) return this.#failed(recordKeys, lease, failure);
    const records = recordKeys.map((_, index) => snapshotOf(replies, index));
    const tags: (string | null)[] = [];
    for (let step = records.length; 2 * step < replies.length; step += 1) tags.push(snapshotOf(replies, step).text);
    return { records, tags };
  }

  /** Notes the leases that a reading has perhaps acquired. @throws its error */
  #failed(recordKeys: readonly string[], lease: Lease | undefined, error: unknown): never {
    // Without a connection nothing was sent, and a server that leads to another one has not executed it.
    if (lease && !(error instanceof RedisUnavailableError) && !isRedirection(errorCode(error)))
      for (const recordKey of recordKeys) this.#oweRelease(recordKey, lease.token);
    throw error;
  }

  /** Releases the leases of a reading whose caller has given up. */
  #releaseLate(recordKeys: readonly string[], { token }: Lease, replies: readonly unknown[]): void {
    recordKeys.forEach((recordKey, index) => {
      this.#unacknowledged.acknowledged(recordKey, token);
      if (snapshotOf(replies, index).acquired) void this.release(recordKey, token).catch(() => {});
    });
  }

  #oweRelease(recordKey: string, token: string, backOff?: BackOff): void {
    this.#unacknowledged.add(recordKey, token, () => this.release(recordKey, token, backOff));
  }

  /** Takes a step that invalidates a record. Returns whether it has done all that it was to do. */
  async #invalidating<Argument extends string>(
    script: RedisScript<Argument>,
    recordKey: string,
    args: Readonly<Record<Argument, ScriptArgument>>,
  ): Promise<boolean> {
    const reply = await this.#steps.take(script, recordKey, args);
    this.proof?.acknowledged.add(recordKey);
    return reply === DONE;
  }
}

/** Lookups of one kind share a call. */
const LOOKUP: Record<PayloadForm, string> = { text: 'lookup', binary: 'lookup of bytes' };
const PROVEN_LOOKUP: Record<PayloadForm, string> = { text: 'proven lookup', binary: 'proven lookup of bytes' };

/** The reply of a step that has done what it was to do. */
const DONE = 1;

type LookupStep = Step<'lastByte' | 'token' | 'leaseMs' | 'replaces'>;

/** Reads as much of a tag as distinguishes a version from a longer text. */
const TAG_LOOKUP: LookupStep['args'] = { lastByte: 63, token: '', leaseMs: 0, replaces: '' };
/** The remaining TTL in the reply of a lookup that acquired the lease, and of one that found nothing. */
const ACQUIRED = -3;
const ABSENT_TTL = -2;
const ABSENT: RecordSnapshot = { text: null, ttlMs: 0 };
const LEASED: RecordSnapshot = { text: null, ttlMs: 0, acquired: true };
/** The type byte of a bulk string in the Redis protocol: "$". */
const BLOB_STRING = 36;
const AS_BYTES = { typeMapping: { [BLOB_STRING]: Buffer } } as const;

function wireForm({ text, form }: Pick<StoredText, 'text' | 'form'>): string | Buffer {
  return form === 'binary' ? Buffer.from(text, 'latin1') : text;
}

/** Returns what a lookup replied to one of its steps. */
function snapshotOf(replies: readonly unknown[], step: number): RecordSnapshot {
  const ttlMs = replies[2 * step + 1];
  if (ttlMs === ACQUIRED) return LEASED;
  if (typeof ttlMs !== 'number' || ttlMs === ABSENT_TTL) return ABSENT;
  // In its last millisecond, Redis says 0. Without a TTL, it says -1.
  return { text: textOf(replies[2 * step]), ttlMs: ttlMs < 0 ? 0 : Math.max(1, ttlMs) };
}

function textOf(reply: unknown): string {
  // One byte per character.
  return Buffer.isBuffer(reply) ? reply.toString('latin1') : String(reply);
}
