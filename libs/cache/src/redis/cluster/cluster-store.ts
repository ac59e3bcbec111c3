import { redirectionOf, RedisUnavailableError, type ClusterMap, type RedisConnection } from '@nuthatch/redis';
import type { Histogram } from '../../core/histogram.js';
import type {
  BackOff,
  Fill,
  ReadingOptions,
  RecordSnapshot,
  RecordStore,
  ServerState,
  StoredText,
  StoreReading,
} from '../../core/store/store.js';
import type { RedisStore } from '../redis-store.js';
import type { ClusterServers } from './cluster-servers.js';

/**
 * L2: a Redis Cluster. Each step goes to the master that owns the hash slot of its record.
 *
 * A master that leads to another one has not executed the step, so the step is taken there, at most once more. Then the caller
 * continues without the store, as with any other failure: the map of the cluster is younger at its next step.
 */
export class ClusterStore implements RecordStore {
  readonly tier = 'l2';
  readonly deadlineMs: number;

  constructor(
    redis: Pick<RedisConnection, 'operationTimeoutMs'>,
    private readonly map: Pick<ClusterMap, 'shardAt'>,
    private readonly members: ClusterServers,
    readonly operations: ReadonlyMap<string, Histogram>,
  ) {
    this.deadlineMs = redis.operationTimeoutMs;
  }

  get session(): string | undefined {
    const sessions = this.members.all.map(({ store }) => store.session);
    return sessions.length === 0 || sessions.includes(undefined) ? undefined : sessions.join();
  }

  sessionOf(recordKey: string): string | undefined {
    return this.members.of(recordKey)?.store.session;
  }

  get refusal(): string | undefined {
    for (const { store } of this.members.all) if (store.refusal !== undefined) return store.refusal;
    return undefined;
  }

  get servers(): readonly ServerState[] {
    return this.members.states;
  }

  read(recordKeys: readonly string[], tags: readonly string[], options: ReadingOptions = {}): Promise<StoreReading> {
    const [single] = recordKeys;
    const isSingle = single !== undefined && recordKeys.length === 1 && tags.length === 0;
    return isSingle ? this.#readOne(single, recordKeys, options) : this.#readMany(recordKeys, tags, options);
  }

  /** Most reads pass here, so it makes no more than it needs. */
  #readOne(recordKey: string, recordKeys: readonly string[], options: ReadingOptions): Promise<StoreReading> {
    const member = this.members.of(recordKey);
    if (!member) return Promise.reject(new RedisUnavailableError(NO_MASTER));
    return member.store.read(recordKeys, NONE, options).catch((error: unknown) => {
      const store = this.#target(error);
      if (!store) throw error;
      return store.read(recordKeys, NONE, options);
    });
  }

  async #readMany(
    recordKeys: readonly string[],
    tags: readonly string[],
    options: ReadingOptions,
  ): Promise<StoreReading> {
    const reading = (recordKey: string) => this.#take(recordKey, (store) => store.read([recordKey], NONE, options));
    const readingTag = (tag: string) => this.#take(tag, (store) => store.read(NONE, [tag], options));
    const [records, versions] = await Promise.all([
      Promise.allSettled(recordKeys.map(reading)),
      Promise.allSettled(tags.map(readingTag)),
    ]);
    const failure = [...records, ...versions].find((read) => read.status === 'rejected');
    if (failure) {
      if (options.lease) this.#releaseAll(recordKeys, records, options.lease.token);
      throw failure.reason;
    }
    return {
      records: records.map((read) => (read.status === 'fulfilled' ? (read.value.records[0] ?? ABSENT) : ABSENT)),
      tags: versions.map((read) => (read.status === 'fulfilled' ? (read.value.tags[0] ?? null) : null)),
    };
  }

  async *scan(prefix: string): AsyncGenerator<readonly string[], void> {
    for (const { store } of this.members.all) yield* store.scan(prefix);
  }

  fill(recordKey: string, fill: Fill): Promise<boolean> {
    return this.#take(recordKey, (store) => store.fill(recordKey, fill));
  }

  release(recordKey: string, token: string, backOff?: BackOff): Promise<void> {
    return this.#take(recordKey, (store) => store.release(recordKey, token, backOff));
  }

  ensureTagVersion(recordKey: string, text: string, ttlMs: number): Promise<string> {
    return this.#take(recordKey, (store) => store.ensureTagVersion(recordKey, text, ttlMs));
  }

  intent(recordKey: string, token: string, lifeMs: number): Promise<void> {
    return this.#take(recordKey, (store) => store.intent(recordKey, token, lifeMs));
  }

  done(recordKey: string, token: string): Promise<boolean> {
    return this.#take(recordKey, (store) => store.done(recordKey, token));
  }

  doneWithValue(recordKey: string, token: string, value: StoredText): Promise<boolean> {
    return this.#take(recordKey, (store) => store.doneWithValue(recordKey, token, value));
  }

  invalidate(recordKey: string): Promise<void> {
    return this.#take(recordKey, (store) => store.invalidate(recordKey));
  }

  limitIntents(recordKey: string): Promise<void> {
    return this.#take(recordKey, (store) => store.limitIntents(recordKey));
  }

  /** Releases the leases of a reading that failed for another record. */
  #releaseAll(
    recordKeys: readonly string[],
    reads: readonly PromiseSettledResult<StoreReading>[],
    token: string,
  ): void {
    recordKeys.forEach((recordKey, index) => {
      const read = reads[index];
      if (read?.status === 'fulfilled' && read.value.records[0]?.acquired)
        void this.release(recordKey, token).catch(() => {});
    });
  }

  async #take<T>(recordKey: string, step: (store: RedisStore) => Promise<T>): Promise<T> {
    const member = this.members.of(recordKey);
    if (!member) throw new RedisUnavailableError(NO_MASTER);
    try {
      return await step(member.store);
    } catch (error) {
      const store = this.#target(error);
      if (!store) throw error;
      return step(store);
    }
  }

  /** Returns the store to which an error leads; `undefined` for another error, and for a master that is not known yet. */
  #target(error: unknown): RedisStore | undefined {
    const redirection = redirectionOf(error);
    const shard = redirection && this.map.shardAt(redirection.address);
    const member = shard && this.members.at(shard);
    return redirection?.kind === 'ASK' ? member?.importing : member?.store;
  }
}

const NONE: readonly never[] = [];
const NO_MASTER = 'no master owns the hash slot';
const ABSENT: RecordSnapshot = { text: null, ttlMs: 0 };
