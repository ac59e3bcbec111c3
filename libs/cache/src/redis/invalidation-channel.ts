import type { RedisConnection } from '@nuthatch/redis';
import type { Clock } from '../core/clock.js';
import type { ChannelListener } from '../core/store/store.js';
import { runScript } from './run-script.js';
import { heartbeat } from './scripts.generated.js';

const HEARTBEAT_LIFE_MS = 60_000;

/** The connections of one process to one server. */
export interface Connections {
  readonly commands: RedisConnection;
  /** Uses RESP3, in which a subscribed connection still accepts commands. */
  readonly subscriber: RedisConnection;
}

/**
 * Receives every invalidation on a connection of its own, and verifies that none is missing.
 *
 * Redis sends to a connection in the order of its commands. Once the reply to a write sent on that connection has arrived,
 * every earlier message has arrived too: that write is the heartbeat. A PING proves less, because a demoted or isolated server
 * still answers it. The same heartbeat on the command connection proves that reads and messages come from one server.
 */
export class InvalidationChannel {
  /** The session of the subscriber at its last verified heartbeat. Another session may have missed messages. */
  #verifiedSession: string | undefined;
  #subscription: 'none' | 'requested' | 'confirmed' = 'none';
  #refusalLogged = false;

  constructor(
    private readonly connections: Connections,
    private readonly names: { readonly channel: string; readonly heartbeat: string },
    private readonly runtime: {
      readonly coherence: ChannelListener;
      readonly clock: Clock;
      readonly warn: (message: string) => void;
    },
  ) {}

  /** Subscribes now and after each reconnect, and flushes L1 whenever messages may have been lost. */
  open(): void {
    const { client } = this.connections.subscriber;
    client.on('error', () => this.#loseChannel());
    client.on('ready', () => {
      this.#loseChannel();
      void this.#subscribe();
    });
  }

  /** Sends the heartbeats. They count once the subscription is confirmed and both connections reach one server. Never rejects. */
  async heartbeat(): Promise<void> {
    const { commands, subscriber } = this.connections;
    // Without a subscription no message is sent, so a heartbeat would prove nothing.
    if (this.#subscription !== 'confirmed') await this.#subscribe();
    if (this.#subscription !== 'confirmed') return;
    const { session } = subscriber;
    const sentAt = this.runtime.clock.now();
    try {
      await Promise.all([this.#heartbeat(subscriber), this.#heartbeat(commands)]);
    } catch {
      // No heartbeat: L1 is trusted until `maxStaleness` has passed since the last one.
      return;
    }
    if (session === undefined || subscriber.session !== session || subscriber.serverId !== commands.serverId) return;
    if (this.#verifiedSession !== session) {
      // The first heartbeat follows the confirmation of the subscription: earlier messages may have been lost.
      this.#verifiedSession = session;
      this.runtime.coherence.onChannelLost();
    }
    this.runtime.coherence.onHeartbeat(sentAt);
  }

  #heartbeat(connection: RedisConnection): Promise<unknown> {
    return connection.run((client) =>
      runScript(client, heartbeat, { heartbeat: this.names.heartbeat }, { lifeMs: HEARTBEAT_LIFE_MS }),
    );
  }

  /** Subscribes once: after a reconnect, the driver restores the subscription before it sends anything else. */
  async #subscribe(): Promise<void> {
    if (this.#subscription !== 'none') return;
    this.#subscription = 'requested';
    const { subscriber } = this.connections;
    try {
      // The driver calls back inside its parser, in the order of the messages: nothing runs between a message and its effect.
      await subscriber.subscribe(this.names.channel, (message) => this.#receive(message));
      this.#subscription = 'confirmed';
    } catch (error) {
      // The connection ended, or SUBSCRIBE is forbidden: the next heartbeat tries again.
      this.#subscription = 'none';
      if (subscriber.session !== undefined) this.#logRefusal(error);
    }
  }

  #logRefusal(error: unknown): void {
    if (this.#refusalLogged) return;
    this.#refusalLogged = true;
    const { channel } = this.names;
    this.runtime.warn(
      `Redis rejects SUBSCRIBE ${channel}, so L1 is off. Allow the command and the channel in the ACL: ${String(error)}`,
    );
  }

  #loseChannel(): void {
    this.#verifiedSession = undefined;
    this.runtime.coherence.onChannelLost();
  }

  #receive(message: string): void {
    const kind = message.startsWith('i') ? 'intent' : 'done';
    this.runtime.coherence.onInvalidation(kind, message.slice(1));
  }
}
