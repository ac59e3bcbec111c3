import { type RedisConnection, type RedisState, serverWord } from '@nuthatch/redis';
import type { CacheRuntime } from '../core/cache-runtime.js';
import { InvalidationChannel } from './invalidation-channel.js';
import type { ChannelListener } from '../core/store/store.js';
import type { ServerUse } from './read-gate.js';
import type { ServerProof } from './redis-store.js';
import { refusalLine, refusalOf } from './refusal.js';
import type { ServerNames } from './server-names.js';

/** How long the server keeps its own identity while no process renews it. */
const SERVER_RECORD_MS = 86_400_000;

export interface SyncOptions {
  readonly names: ServerNames;
  readonly heartbeatMs: number;
  /** How long other processes may take to notice that the server has changed, in milliseconds. */
  readonly settlingMs: number;
  /** How long other processes may still write to a former server, in milliseconds. */
  readonly failoverLagMs: number;
}

/** What it needs of the runtime. `coherence` receives the messages of its server. */
type SyncRuntime = Pick<CacheRuntime, 'clock' | 'keys' | 'pending' | 'store' | 'warn'> & {
  readonly coherence: ChannelListener;
};

/** Keeps the caches of a process in sync with one server: heartbeats, changes of the server, pending invalidations. */
export class RedisSync {
  readonly #subscriber: RedisConnection;
  readonly #channel: InvalidationChannel;
  #server: string | undefined;
  /** When every process has noticed that the server has changed. `undefined` if this process has found no change. */
  #settledAt: number | undefined;
  /** The last word that is logged. The connection still has it for some time after the refusal has ended. */
  #reported: string | undefined;
  #heartbeats: Promise<void> | undefined;
  readonly #stops: (() => void)[] = [];

  constructor(
    private readonly commands: RedisConnection,
    private readonly runtime: SyncRuntime,
    private readonly proof: ServerProof,
    private readonly options: SyncOptions,
  ) {
    this.#subscriber = commands.duplicate('nuthatch-pushes');
    const refusals = {
      onRefused: (use: ServerUse, error: Error) => this.#onRefused(use, error),
      onAccepted: (use: ServerUse) => proof.gate.accept(use),
    };
    const { heartbeat } = proof;
    heartbeat.listen({
      onRefused: (error) => this.#onRefused('write', error),
      onDataLost: () => void this.#invalidateNamespace(),
    });
    const connections = { commands, subscriber: this.#subscriber };
    this.#channel = new InvalidationChannel(connections, { names: options.names, heartbeat, refusals }, runtime);
  }

  open(): void {
    this.#onConnectionChange(this.commands.state);
    // Before any command is sent on a new connection: the server may be another one, or have lost its data.
    this.#stops.push(this.commands.onChange((state) => this.#onConnectionChange(state)));
    const heartbeat = (): void => void this.#heartbeat();
    for (const connection of [this.commands, this.#subscriber]) this.#stops.push(connection.onChange(heartbeat));
    this.#channel.open();
    this.#subscriber.open();
    this.#stops.push(this.runtime.clock.every(this.options.heartbeatMs, heartbeat));
    heartbeat();
  }

  /** Stops the heartbeats, after those under way. */
  async stop(): Promise<void> {
    this.#stops.forEach((stop) => stop());
    await this.#heartbeats;
  }

  /** Closes the connection that receives the messages. */
  close(): Promise<void> {
    return this.#subscriber.close();
  }

  #onConnectionChange({ lastError }: RedisState): void {
    const { serverId } = this.commands;
    if (serverId === undefined) {
      const word = serverWord(lastError);
      // The connection reports it, and it is logged there.
      if (word !== undefined) this.proof.gate.refuse('write', word);
      return;
    }
    if (serverId !== this.#server) this.#onServerChange();
    this.#server = serverId;
    void this.runtime.pending.flush(this.runtime.store);
  }

  /**
   * Stops reads until the entries of the server are known to be current. The first server may have read old entries from its disk.
   * Another one may lack the last invalidations that the former one has acknowledged, and other processes may still write to the
   * former one. So the last invalidations are applied again now, and all entries are invalidated once no process uses the former one.
   */
  #onServerChange(): void {
    const { heartbeat, gate, acknowledged } = this.proof;
    heartbeat.forget();
    gate.beginCheck();
    if (this.#server === undefined) return;
    this.#settledAt = this.runtime.clock.now() + this.options.settlingMs;
    this.runtime.pending.add({ recordKeys: acknowledged.take(), tags: [] });
  }

  /** Invalidates all entries: invalidations may have been lost that this server, or an earlier one, acknowledged. */
  async #invalidateNamespace(): Promise<void> {
    const { coherence, pending, keys, store } = this.runtime;
    coherence.onChannelLost();
    pending.add({ recordKeys: [], tags: [keys.namespaceTag] });
    // From now on the pending invalidation keeps the entries from being read.
    this.proof.gate.endCheck();
    await pending.flush(store);
  }

  #heartbeat(): Promise<void> {
    // The heartbeat does not wait for pending invalidations, which may be many.
    void this.runtime.pending.flush(this.runtime.store);
    this.#heartbeats ??= this.#beat().finally(() => {
      this.#heartbeats = undefined;
    });
    return this.#heartbeats;
  }

  async #beat(): Promise<void> {
    if (this.commands.serverId === undefined) return;
    try {
      if (this.proof.gate.checking) await this.#checkServer();
      await Promise.all([this.#recordServer(), this.#channel.heartbeat()]);
    } catch (error) {
      // Redis is unavailable: the next heartbeat tries again.
      if (error instanceof Error && refusalOf(error) !== undefined) this.#onRefused('write', error);
    }
    this.#reportRefusedCommand();
  }

  /** Logs the refusal of another command, such as GETRANGE. The refusal of a heartbeat is logged by now. */
  #reportRefusedCommand(): void {
    const { connected, lastError } = this.commands.state;
    if (!connected || this.proof.gate.refusal !== undefined) return;
    if (lastError !== undefined && lastError !== this.#reported) this.runtime.warn(refusalLine('command', lastError));
    this.#reported = lastError;
  }

  /**
   * Ends the check of a server that is recorded as trusted. Otherwise invalidates all entries: a server that has read them from its
   * disk, or was a replica, may lack the last writes. The first process to find another identity recorded does that, once.
   */
  async #checkServer(): Promise<void> {
    const { clock } = this.runtime;
    if (this.#settledAt !== undefined && clock.now() < this.#settledAt) return;
    const { serverId } = this.commands;
    const recorded = await this.commands.run((client) => client.get(this.options.names.server));
    if (serverId === undefined || this.commands.serverId !== serverId) return;
    if (recorded === serverId) this.proof.gate.endCheck();
    // A failover may be under way while this process starts.
    else if (recorded !== null && this.#settledAt === undefined && this.options.failoverLagMs > 0)
      this.#settledAt = clock.now() + this.options.failoverLagMs;
    else await this.#invalidateNamespace();
  }

  /** Records the server whose entries are trusted, and keeps the record alive. A full server refuses this. */
  async #recordServer(): Promise<void> {
    const { pending, keys } = this.runtime;
    const { serverId } = this.commands;
    if (serverId === undefined || this.proof.gate.checking || pending.affects(keys.namespaceTag, [])) return;
    const expiration = { type: 'PX', value: SERVER_RECORD_MS } as const;
    try {
      await this.commands.run((client) => client.set(this.options.names.server, serverId, { expiration }));
      this.proof.gate.accept('store');
    } catch (error) {
      if (error instanceof Error && refusalOf(error) === 'OOM') this.#onRefused('store', error);
    }
  }

  #onRefused(use: ServerUse, error: Error): void {
    const word = refusalOf(error);
    if (word === undefined || !this.proof.gate.refuse(use, word)) return;
    this.runtime.warn(refusalLine(use, word));
    this.#reported = word;
    // Other processes may write now without a message.
    if (use === 'write') this.runtime.coherence.onChannelLost();
  }
}
