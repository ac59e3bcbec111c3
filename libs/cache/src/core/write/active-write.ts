import { CacheError } from '../errors.js';
import { applyInvalidation, type InvalidationBatch } from '../coherence/pending-invalidations.js';
import { sessionsOf, type StoredText } from '../store/store.js';
import type { CacheRuntime } from '../cache-runtime.js';
import type { SampledWrite } from '../staleness/staleness-sampler.js';
import { all } from '../concurrency/all.js';
import { ConcurrencyLimit } from '../concurrency/concurrency-limit.js';

/** Whether an invalidation is effective in every process, or queued until the store is available. */
export type Applied = 'applied' | 'pending';

/** The value that a write stores in a record. */
export interface WrittenValue extends StoredText {
  readonly recordKey: string;
}

/** How long an intent blocks loads if its writer dies: longer than any database statement may run. */
const INTENT_MS = 10_000;

/** How a write ended: with its intents still set, with an intent lost, or without an acknowledgement. */
type Ended = 'ended' | 'intent-lost' | 'unknown';

const NONE: readonly Ended[] = [];

interface Intent {
  readonly recordKey: string;
  /** New for each write. Never sent twice as an intent of one record. */
  readonly token: string;
  /** The connection that acknowledged the intent; `undefined` if none did in time. The intent may still arrive late. */
  readonly session: string | undefined;
}

/** Runs the protocol of one write, from its first intent to its acknowledgement. */
export class ActiveWrite {
  readonly #records = new Map<string, Promise<Intent>>();
  readonly #tags = new Map<string, Promise<Intent>>();
  readonly #limit = new ConcurrencyLimit();
  readonly #startedAt: number;
  /** The token of the first intent of each record. A row of the outbox carries it, so that a relay can end these intents. */
  readonly #token: string;
  #tokenTaken = false;
  /** The value that the write has stored. */
  #stored: WrittenValue | undefined;
  readonly #sample: SampledWrite | undefined;

  constructor(
    private readonly runtime: CacheRuntime,
    private readonly strict: boolean,
    private readonly onRejected: () => void,
  ) {
    this.#startedAt = runtime.clock.now();
    this.#sample = runtime.staleness?.begin();
    this.#token = runtime.clock.id();
  }

  /** Returns the token of the write, for the rows of the outbox that its transaction adds. */
  takeToken(): string {
    this.#tokenTaken = true;
    return this.#token;
  }

  /**
   * Announces a write of records and tags. Returns whether the store acknowledged all intents. Call it before the commit: a record
   * announced later is not protected. A name that is announced again waits for its first intent.
   *
   * @throws {CacheError} `CACHE_UNAVAILABLE` when the write is strict and the store did not acknowledge an intent.
   */
  async announce({ recordKeys, tags }: InvalidationBatch): Promise<boolean> {
    const announcing = [...this.#announceOnce(recordKeys, this.#records), ...this.#announceOnce(tags, this.#tags)];
    const isComplete = (await all(announcing)).every(isAcknowledged);
    if (this.strict && !isComplete) {
      this.onRejected();
      throw new CacheError(
        'CACHE_UNAVAILABLE',
        'Strict cache: the write was not announced, because Redis is unavailable. Retry, or set `strict: false`.',
      );
    }
    return isComplete;
  }

  /** Ends a write whose body never ran. */
  async cancel(): Promise<void> {
    await this.#finish(undefined);
  }

  /**
   * Ends a write whose body threw. If it certainly changed nothing, its intents end now. Otherwise the intents are set again and
   * left to expire: until then no reader stores a value that may be about to change, however long ago the write began. An
   * intent that the store does not acknowledge becomes a pending invalidation.
   */
  async fail(error: unknown): Promise<void> {
    if (this.#rolledBack(error)) await this.#finish(undefined);
    else await this.#announceAgain();
  }

  /** Ends a committed write. `value` is stored if no other write or invalidation overlapped. Never rejects. */
  async commit(value: WrittenValue | undefined): Promise<Applied> {
    const batch = this.batch;
    const applied = await this.#commit(value, batch);
    if (this.#stored) this.runtime.observation.misses.stored(this.#stored.recordKey, this.#stored.ttlMs);
    this.#report('write', batch, applied ? undefined : batch);
    if (applied) {
      void this.#sample?.acknowledged(batch.recordKeys);
      this.#reportApplied(batch);
      return 'applied';
    }
    this.runtime.pending.add(batch);
    return 'pending';
  }

  /** Keeps the relays of the outbox from removing the values that are stored from now on. */
  #reportApplied({ recordKeys, tags }: InvalidationBatch): void {
    if (!this.#tokenTaken) return;
    const { progress, ownWrites } = this.runtime.outbox;
    const names = [...recordKeys, ...tags];
    ownWrites.add(this.#token, names);
    // Without the report, the relays of other processes invalidate once more.
    progress.reportApplied(new Map([[this.#token, names]])).catch(() => {});
  }

  async #commit(value: WrittenValue | undefined, batch: InvalidationBatch): Promise<boolean> {
    const ended = await this.#finish(value);
    if (ended !== 'intent-lost') return ended === 'ended';
    // With an intent lost, a value may have been loaded from an old record under a new tag version: invalidate all again.
    return applyInvalidation(this.runtime, batch, (recordKey) => this.runtime.coherence.forget(recordKey));
  }

  #report(kind: 'write' | 'failed-write', batch: InvalidationBatch, pending: InvalidationBatch | undefined): void {
    if (batch.recordKeys.length + batch.tags.length === 0) return;
    this.runtime.observation.wrote(batch, { kind, startedAt: this.#startedAt, pending });
  }

  #rolledBack(error: unknown): boolean {
    try {
      return this.runtime.rolledBack(error);
    } catch (thrown) {
      this.runtime.warn(
        `The option \`rolledBack\` threw, so the outcome of a write counts as unknown: ${String(thrown)}`,
      );
      return false;
    }
  }

  async #announceAgain(): Promise<void> {
    const again = ({ recordKey }: Intent): Promise<Intent> => this.#intent(recordKey, this.runtime.clock.id());
    const [records, tags] = await Promise.all([this.#each(this.#records, again), this.#each(this.#tags, again)]);
    this.#forget();
    const pending = { recordKeys: unacknowledged(records), tags: unacknowledged(tags) };
    const isPending = pending.recordKeys.length + pending.tags.length > 0;
    this.#report('failed-write', this.batch, isPending ? pending : undefined);
    this.runtime.pending.add(pending);
  }

  /** Sets one intent per record: two intents of one write would look like two overlapping writes. */
  #announceOnce(recordKeys: readonly string[], announced: Map<string, Promise<Intent>>): Promise<Intent>[] {
    return recordKeys.map((recordKey) => {
      const intent = announced.get(recordKey) ?? this.#limit.run(() => this.#intent(recordKey, this.#token));
      announced.set(recordKey, intent);
      return intent;
    });
  }

  async #intent(recordKey: string, token: string): Promise<Intent> {
    const { store } = this.runtime;
    const session = store.sessionOf(recordKey);
    if (session === undefined) return { recordKey, token, session };
    try {
      await store.intent(recordKey, token, INTENT_MS);
      return { recordKey, token, session: store.sessionOf(recordKey) === session ? session : undefined };
    } catch {
      return { recordKey, token, session: undefined };
    }
  }

  /** Ends records before tags: a list that is loaded under a tag's new version must not contain an old item. */
  async #finish(value: WrittenValue | undefined): Promise<Ended> {
    const names = [...this.#records.keys(), ...this.#tags.keys()];
    const sessions = sessionsOf(this.runtime.store, names);
    const records = await this.#each(this.#records, (intent) => this.#done(intent, value));
    const tags = this.#tags.size > 0 ? await this.#each(this.#tags, (intent) => this.#done(intent, undefined)) : NONE;
    // After DONE, and before the caller continues: local copies and reads in flight may be from before the commit.
    this.#forget();
    const ended = tags.length > 0 ? [...records, ...tags] : records;
    if (ended.length === 0) return 'ended';
    const sameSessions = sessions !== undefined && sessionsOf(this.runtime.store, names) === sessions;
    if (!sameSessions || ended.includes('unknown')) return 'unknown';
    return ended.length > 1 && ended.includes('intent-lost') ? 'intent-lost' : 'ended';
  }

  /** Runs a step for each intent, including intents that the caller did not await. */
  async #each<T>(
    announced: ReadonlyMap<string, Promise<Intent>>,
    step: (intent: Intent) => Promise<T>,
  ): Promise<readonly T[]> {
    const intents = await all([...announced.values()]);
    return all(intents.map((intent) => this.#limit.run(() => step(intent))));
  }

  async #done({ recordKey, token, session }: Intent, value: WrittenValue | undefined): Promise<Ended> {
    const { store } = this.runtime;
    try {
      const current = store.sessionOf(recordKey);
      if (current === undefined) return 'unknown';
      // Only an intent that was set before the write began, on the current connection, confirms the value.
      const confirmed = session === current;
      const stored =
        value?.recordKey === recordKey && confirmed && (await this.#doneWithValue(recordKey, token, value));
      return stored || (await store.done(recordKey, token)) ? 'ended' : 'intent-lost';
    } catch {
      return 'unknown';
    }
  }

  async #doneWithValue(recordKey: string, token: string, value: WrittenValue): Promise<boolean> {
    try {
      const stored = await this.runtime.store.doneWithValue(recordKey, token, value);
      if (stored) this.#stored = value;
      return stored;
    } catch {
      // The write is ended without its value.
      return false;
    }
  }

  /** The records and tags that the write has announced. */
  get batch(): InvalidationBatch {
    return { recordKeys: [...this.#records.keys()], tags: [...this.#tags.keys()] };
  }

  #forget(): void {
    for (const names of [this.#records, this.#tags])
      for (const recordKey of names.keys()) this.runtime.coherence.forget(recordKey);
  }
}

function unacknowledged(intents: readonly Intent[]): string[] {
  return intents.filter((intent) => !isAcknowledged(intent)).map(({ recordKey }) => recordKey);
}

function isAcknowledged({ session }: Intent): boolean {
  return session !== undefined;
}
