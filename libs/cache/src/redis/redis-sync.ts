import type { RedisConnection } from '@nuthatch/redis';
import type { CacheRuntime } from '../core/cache-runtime.js';
import { InvalidationChannel } from './invalidation-channel.js';

const HEARTBEAT_MS = 250;
/** How long a graceful close waits for a connection that is being established. */
const CLOSE_TIMEOUT_MS = 2_000;

/** Keeps the caches of a process in sync with Redis: heartbeats, changes of the server, pending invalidations. */
export class RedisSync {
  readonly #subscriber: RedisConnection;
  readonly #channel: InvalidationChannel;
  #lastServer: string | undefined;
  #heartbeats: Promise<void> | undefined;
  readonly #stops: (() => void)[] = [];

  constructor(
    private readonly commands: RedisConnection,
    private readonly runtime: CacheRuntime,
    names: { readonly channel: string; readonly heartbeat: string },
  ) {
    this.#subscriber = commands.duplicate('nuthatch-pushes');
    this.#channel = new InvalidationChannel({ commands, subscriber: this.#subscriber }, names, runtime);
  }

  open(): void {
    this.#onServerChange();
    // Before any command is sent on a new connection: the server may be another one, or have lost its data.
    this.#stops.push(this.commands.onChange(() => this.#onServerChange()));
    const heartbeat = (): void => void this.#heartbeat();
    for (const connection of [this.commands, this.#subscriber]) this.#stops.push(connection.onChange(heartbeat));
    this.#channel.open();
    this.#subscriber.open();
    this.#stops.push(this.runtime.clock.every(HEARTBEAT_MS, heartbeat));
  }

  /** Applies pending invalidations, within the time of a graceful close, and closes the subscriber. */
  async close(): Promise<void> {
    this.#stops.forEach((stop) => stop());
    await this.#heartbeats;
    await this.#flushPending();
    await this.#subscriber.close();
  }

  async #flushPending(): Promise<void> {
    const { pending, store, warn } = this.runtime;
    // A short-lived job may end before it was connected at all.
    if (pending.size > 0) await this.#firstAttempt();
    await pending.flush(store);
    if (pending.size > 0) {
      warn(
        `Closing while Redis is unavailable: ${pending.size} pending invalidations are lost. The entries they affect live until their TTL ends`,
      );
    }
  }

  #firstAttempt(): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        stop();
        resolve();
      };
      const stop = this.runtime.clock.every(CLOSE_TIMEOUT_MS, end);
      void this.commands.firstAttempt.then(end);
    });
  }

  /** Flushes all entries after a change of the server, which may have lost invalidations that the earlier server acknowledged. */
  #onServerChange(): void {
    const { serverId } = this.commands;
    if (serverId === undefined) return;
    if (this.#lastServer !== undefined && this.#lastServer !== serverId) {
      this.runtime.coherence.onChannelLost();
      this.runtime.pending.add({ recordKeys: [], tags: [this.runtime.keys.namespaceTag] });
    }
    this.#lastServer = serverId;
    void this.runtime.pending.flush(this.runtime.store);
  }

  #heartbeat(): Promise<void> {
    // The heartbeat does not wait for pending invalidations, which may be many.
    void this.runtime.pending.flush(this.runtime.store);
    this.#heartbeats ??= this.#channel.heartbeat().finally(() => {
      this.#heartbeats = undefined;
    });
    return this.#heartbeats;
  }
}
