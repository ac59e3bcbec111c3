import type { RedisConnection } from '@nuthatch/redis';
import type { Clock } from '../core/clock.js';
import type { ChannelListener } from '../core/store/store.js';
import type { Heartbeat } from './heartbeat.js';
import type { ServerUse } from './read-gate.js';
import type { ServerNames } from './server-names.js';

/** Receives what the server refuses and accepts. */
export interface RefusalListener {
  onRefused(use: ServerUse, error: Error): void;
  onAccepted(use: ServerUse): void;
}

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
 * every earlier message has arrived too: that write is the heartbeat. The same heartbeat on the command connection proves that
 * reads and messages come from one server.
 */
export class InvalidationChannel {
  /** The session of the subscriber at its last verified heartbeat. Another session may have missed messages. */
  #verifiedSession: string | undefined;
  /** The session that was subscribed last. */
  #subscription: { readonly session: string; confirmed: boolean } | undefined;
  #session: string | undefined;

  constructor(
    private readonly connections: Connections,
    private readonly parts: {
      readonly names: Pick<ServerNames, 'channel'>;
      readonly heartbeat: Heartbeat;
      readonly refusals: RefusalListener;
    },
    private readonly runtime: { readonly coherence: ChannelListener; readonly clock: Clock },
  ) {}

  /** Subscribes now and after each reconnect, and flushes L1 whenever messages may have been lost. */
  open(): void {
    this.connections.subscriber.onChange(() => this.#onConnectionChange());
    this.#onConnectionChange();
  }

  /**
   * Sends the heartbeats. They verify L1 once the subscription is confirmed and both connections reach one server. Never
   * rejects.
   */
  async heartbeat(): Promise<void> {
    const { commands, subscriber } = this.connections;
    // Without a subscription no message is sent, so a heartbeat would prove nothing.
    void this.#subscribe();
    const { session } = subscriber;
    const isConfirmed = this.#subscription?.confirmed === true && this.#subscription.session === session;
    const subscribed = isConfirmed && subscriber.serverId === commands.serverId;
    const sentAt = this.runtime.clock.now();
    try {
      await Promise.all([this.#beat(commands), subscribed ? this.#beat(subscriber) : undefined]);
    } catch {
      // No heartbeat: L1 is trusted until `maxStaleness` has passed since the last one.
      return;
    }
    this.parts.refusals.onAccepted('write');
    if (!subscribed || session === undefined || subscriber.session !== session) return;
    if (subscriber.serverId !== commands.serverId) return;
    if (this.#verifiedSession !== session) {
      // The first heartbeat follows the confirmation of the subscription: earlier messages may have been lost.
      this.#verifiedSession = session;
      this.runtime.coherence.onChannelLost();
    }
    this.runtime.coherence.onHeartbeat(sentAt);
  }

  #beat(connection: RedisConnection): Promise<void> {
    return connection.run((client) => this.parts.heartbeat.beat(client));
  }

  #onConnectionChange(): void {
    const { session } = this.connections.subscriber;
    if (session === this.#session) return;
    this.#session = session;
    this.#loseChannel();
    void this.#subscribe();
  }

  /** Subscribes once per connection. */
  async #subscribe(): Promise<void> {
    const { subscriber } = this.connections;
    const { session } = subscriber;
    if (session === undefined || session === this.#subscription?.session) return;
    const subscription = { session, confirmed: false };
    this.#subscription = subscription;
    try {
      // The driver calls back inside its parser, in the order of the messages: nothing runs between a message and its effect.
      await subscriber.subscribe(this.parts.names.channel, this.#receive);
      subscription.confirmed = true;
      this.parts.refusals.onAccepted('subscribe');
      // L1 does not wait for the next interval.
      void this.heartbeat();
    } catch (error) {
      // The connection ended, or SUBSCRIBE is forbidden: the next heartbeat tries again.
      if (this.#subscription === subscription) this.#subscription = undefined;
      if (error instanceof Error) this.parts.refusals.onRefused('subscribe', error);
    }
  }

  #loseChannel(): void {
    this.#verifiedSession = undefined;
    this.runtime.coherence.onChannelLost();
  }

  /** One function for all subscriptions, so that a connection that is subscribed twice receives each message once. */
  readonly #receive = (message: string): void => {
    const { coherence } = this.runtime;
    for (const one of messagesIn(message))
      coherence.onInvalidation(one.startsWith('i') ? 'intent' : 'done', one.slice(1));
  };
}

/** Returns the messages that a script has published together: `i` or `d`, and the key of the record. */
function messagesIn(published: string): readonly string[] {
  if (!published.startsWith('[')) return [published];
  try {
    const messages: unknown = JSON.parse(published);
    return Array.isArray(messages) ? messages.filter((message) => typeof message === 'string') : [];
  } catch {
    // A foreign program has published on this channel.
    return [];
  }
}
