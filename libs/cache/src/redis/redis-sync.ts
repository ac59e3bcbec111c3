import type { RedisConnection } from '@nuthatch/redis';
import type { CacheRuntime } from '../core/cache-runtime.js';
import { InvalidationChannel } from './invalidation-channel.js';

const HEARTBEAT_MS = 250;
/** How long an orderly end waits for a connection that is still being made. */
const CLOSE_TIMEOUT_MS = 2_000;

/** Everything that goes on between the caches of a process and Redis besides reads and writes. */
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
    // Before any operation can be sent on a new connection: what stands behind it may not be what was there before.
    this.#stops.push(this.commands.onChange(() => this.#onServerChange()));
    const beat = (): void => void this.#heartbeat();
    for (const connection of [this.commands, this.#subscriber]) this.#stops.push(connection.onChange(beat));
    this.#channel.open();
    this.#subscriber.open();
    this.#stops.push(this.runtime.clock.every(HEARTBEAT_MS, beat));
  }

  /** Applies what is pending, for as long as an orderly end may take, and closes the connection for pushes. */
  async close(): Promise<void> {
    this.#stops.forEach((stop) => stop());
    await this.#heartbeats;
    await this.#flushPending();
    await this.#subscriber.close();
  }

  async #flushPending(): Promise<void> {
    const { pending, store, warn } = this.runtime;
    // A job that has just begun ends, perhaps, before it was connected at all.
    if (pending.size > 0) await this.#firstAttempt();
    await pending.flush(store);
    if (pending.size > 0) {
      warn(
        `Redis took no more invalidations: ${pending.size} are lost, and what they were to remove lives until its TTL ends`,
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

  /** Another server may have lost invalidations that an earlier one acknowledged: nothing it holds is believed. */
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
    // The fence does not wait for what is pending, which may be much.
    void this.runtime.pending.flush(this.runtime.store);
    this.#heartbeats ??= this.#channel.heartbeat().finally(() => {
      this.#heartbeats = undefined;
    });
    return this.#heartbeats;
  }
}
