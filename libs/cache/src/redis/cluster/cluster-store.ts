import {
  type ClusterMap,
  errorCode,
  isRedirection,
  redirectionOf,
  type RedisConnection,
  RedisUnavailableError,
} from '@nuthatch/redis';
import type { Histogram } from '../../core/histogram.js';
import type {
  BackOff,
  Fill,
  ReadingOptions,
  RecordStore,
  ServerState,
  StoredText,
  StoreReading,
} from '../../core/store/store.js';
import type { RedisStore } from '../redis-store.js';
import { allOf, ClusterReading, type Part, partsOf } from './cluster-reading.js';
import type { ClusterServers, Member } from './cluster-servers.js';

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

  /** Reads from each master what it has, with one group of steps. */
  async #readMany(
    recordKeys: readonly string[],
    tags: readonly string[],
    options: ReadingOptions,
  ): Promise<StoreReading> {
    const parts = partsOf(recordKeys, tags, (recordKey) => this.#memberOf(recordKey).store);
    const reading = new ClusterReading(options);
    try {
      await allOf(Array.from(parts, ([store, part]) => this.#readPart(reading, store, part)));
    } catch (error) {
      const { lease } = options;
      if (lease) for (const recordKey of reading.acquired) void this.release(recordKey, lease.token).catch(() => {});
      throw error;
    }
    return reading.of(recordKeys, tags);
  }

  /** When a record has moved, each record of its part is read alone. */
  async #readPart(reading: ClusterReading, store: RedisStore, { recordKeys, tags }: Part): Promise<void> {
    try {
      return await reading.read(store, recordKeys, tags);
    } catch (error) {
      if (!isRedirection(errorCode(error))) throw error;
    }
    await allOf([
      ...recordKeys.map((recordKey) => this.#take(recordKey, (owner) => reading.read(owner, [recordKey], NONE))),
      ...tags.map((tag) => this.#take(tag, (owner) => reading.read(owner, NONE, [tag]))),
    ]);
  }

  restrictReads(isReadable: () => boolean): void {
    this.members.restrictReads(isReadable);
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

  #memberOf(recordKey: string): Member {
    const member = this.members.of(recordKey);
    if (!member) throw new RedisUnavailableError(NO_MASTER);
    return member;
  }

  async #take<T>(recordKey: string, step: (store: RedisStore) => Promise<T>): Promise<T> {
    const { store: owner } = this.#memberOf(recordKey);
    try {
      return await step(owner);
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
const NO_MASTER = 'the cluster has not named the master';
