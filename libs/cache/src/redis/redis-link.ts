import type { RedisConnection } from '@nuthatch/redis';
import type { Tiers } from '../core/cache-runtime.js';
import { InvalidationChannel } from './invalidation-channel.js';

const BEAT_MS = 250;
/** How long an orderly end waits for a connection that is still being made. */
const FAREWELL_MS = 2_000;

/** Everything that goes on between the caches of a process and Redis besides reads and writes. */
export class RedisLink {
  readonly #pushes: RedisConnection;
  readonly #channel: InvalidationChannel;
  #lastServer: string | undefined;
  #beating: Promise<void> | undefined;
  readonly #stops: (() => void)[] = [];

  constructor(
    private readonly commands: RedisConnection,
    private readonly tiers: Tiers,
    names: { readonly channel: string; readonly fence: string },
  ) {
    this.#pushes = commands.duplicate('nuthatch-pushes');
    this.#channel = new InvalidationChannel({ commands, pushes: this.#pushes }, names, tiers);
  }

  open(): void {
    this.#meet();
    // Before any operation can be sent on a new connection: what stands behind it may not be what was there before.
    this.#stops.push(this.commands.onChange(() => this.#meet()));
    const beat = (): void => void this.#beat();
    for (const connection of [this.commands, this.#pushes]) this.#stops.push(connection.onChange(beat));
    this.#channel.open();
    this.#pushes.open();
    this.#stops.push(this.tiers.clock.every(BEAT_MS, beat));
  }

  /** Applies what is pending, for as long as an orderly end may take, and closes the connection for pushes. */
  async close(): Promise<void> {
    this.#stops.forEach((stop) => stop());
    await this.#beating;
    await this.#flushPending();
    await this.#pushes.close();
  }

  async #flushPending(): Promise<void> {
    const { pending, store, warn } = this.tiers;
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
      const stop = this.tiers.clock.every(FAREWELL_MS, end);
      void this.commands.firstAttempt.then(end);
    });
  }

  /** Another server may have lost invalidations that an earlier one acknowledged: nothing it holds is believed. */
  #meet(): void {
    const { serverId } = this.commands;
    if (serverId === undefined) return;
    if (this.#lastServer !== undefined && this.#lastServer !== serverId) {
      this.tiers.coherence.interrupted();
      this.tiers.pending.add({ slots: [], tags: [this.tiers.names.namespaceTag] });
    }
    this.#lastServer = serverId;
    void this.tiers.pending.flush(this.tiers.store);
  }

  #beat(): Promise<void> {
    // The fence does not wait for what is pending, which may be much.
    void this.tiers.pending.flush(this.tiers.store);
    this.#beating ??= this.#channel.beat().finally(() => {
      this.#beating = undefined;
    });
    return this.#beating;
  }
}
