import { type ClusterMap, type RedisConnection, RedisUnavailableError, type Shard } from '@nuthatch/redis';
import type { CacheRuntime } from '../../core/cache-runtime.js';
import type { ServerChannels } from '../../core/coherence/coherence.js';
import { ServerChannel } from '../../core/coherence/server-channel.js';
import type { ServerState } from '../../core/store/store.js';
import { CacheServer, type CacheServerOptions } from '../cache-server.js';
import type { RedisStore } from '../redis-store.js';
import { runTogether } from '../steps/run-together.js';
import { ShardNames } from './shard-names.js';

/** One master of the cluster, as the caches use it. */
export interface Member {
  readonly server: CacheServer;
  readonly store: RedisStore;
  /** Takes steps on records that are moving to this master. */
  readonly importing: RedisStore;
  readonly names: ShardNames;
  readonly channel: ServerChannel;
}

export interface ClusterOptions extends CacheServerOptions {
  readonly namespace: string;
  /** Distinguishes this process in the names of its records. */
  readonly processId: string;
}

/** Keeps the connections, the heartbeats and the channel of each master of a cluster, as its map changes. */
export class ClusterServers implements ServerChannels {
  readonly #members = new Map<Shard, Member>();
  #all: readonly Member[] = [];
  #runtime: CacheRuntime | undefined;
  #stopWatching: () => void = () => {};
  #isReadable: () => boolean = () => true;

  constructor(
    private readonly redis: Pick<RedisConnection, 'connectTo'>,
    private readonly map: Pick<ClusterMap, 'shards' | 'shardOf' | 'watch'>,
    private readonly options: ClusterOptions,
  ) {}

  get all(): readonly Member[] {
    return this.#all;
  }

  /** Returns the master that has a record; `undefined` while the cluster has not named one. */
  of(recordKey: string): Member | undefined {
    const shard = this.map.shardOf(recordKey);
    return shard && this.#members.get(shard);
  }

  /** Returns the connection to the master that has a key. @throws {RedisUnavailableError} while the cluster has not named one. */
  connectionOf(key: string): RedisConnection {
    const member = this.of(key);
    if (!member) throw new RedisUnavailableError('the cluster has not named the master');
    return member.server.redis;
  }

  at(shard: Shard): Member | undefined {
    return this.#members.get(shard);
  }

  verifiedAt(recordKey: string): number {
    return this.of(recordKey)?.channel.verifiedAt ?? Number.NEGATIVE_INFINITY;
  }

  get oldestVerifiedAt(): number {
    if (this.#all.length === 0) return Number.NEGATIVE_INFINITY;
    return Math.min(...this.#all.map(({ channel }) => channel.verifiedAt));
  }

  get states(): readonly ServerState[] {
    const { clock, maxStalenessMs } = this.options;
    return this.#all.map(({ server, store, channel }) => {
      const { master = '', connected, lastError } = server.redis.state;
      const verified = clock.now() - channel.verifiedAt < maxStalenessMs;
      return { master, connected, verified, lastError: lastError ?? store.refusal };
    });
  }

  /** Closes the gates of all masters whenever `isReadable` returns `false`. */
  restrictReads(isReadable: () => boolean): void {
    this.#isReadable = isReadable;
  }

  /** Connects to each master now, and to those of each later map. */
  open(runtime: CacheRuntime): void {
    this.#runtime = runtime;
    runtime.coherence.useServers(this);
    this.#stopWatching = this.map.watch(() => this.#onMapChange());
    this.#onMapChange();
  }

  /** Stops the heartbeats. Steps may still be taken. */
  async stop(): Promise<void> {
    this.#stopWatching();
    await Promise.all(this.#all.map(({ server }) => server.stop()));
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map(closeMember));
  }

  /** Resolves when the first attempt to connect to each master has succeeded or failed. */
  async firstAttempts(): Promise<void> {
    await Promise.all(this.#all.map(({ server }) => server.redis.firstAttempt));
  }

  #onMapChange(): void {
    const { shards } = this.map;
    for (const { names } of this.#all) names.reset();
    for (const shard of shards) if (!this.#members.has(shard)) this.#open(shard);
    for (const [shard, member] of this.#members) {
      if (shards.includes(shard)) continue;
      this.#members.delete(shard);
      void member.server.stop().then(() => closeMember(member));
    }
    this.#all = [...this.#members.values()];
  }

  #open(shard: Shard): void {
    const runtime = this.#runtime;
    if (!runtime) return;
    const { namespace, processId } = this.options;
    const names = new ShardNames(shard, (key) => this.map.shardOf(key) === shard, namespace, processId);
    const server = new CacheServer(this.redis.connectTo(shard), names, { ...this.options, runSteps: runTogether });
    server.store.restrictReads(() => this.#isReadable());
    const channel = new ServerChannel(runtime.coherence);
    this.#members.set(shard, { server, store: server.store, importing: server.importing(), names, channel });
    server.redis.open();
    server.open(runtime, channel);
  }
}

async function closeMember({ server }: Member): Promise<void> {
  await server.close();
  await server.redis.close();
}
