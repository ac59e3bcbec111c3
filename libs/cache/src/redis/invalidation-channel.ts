import type { RedisConnection } from '@nuthatch/redis';
import type { Clock } from '../core/clock.js';
import type { ChannelListener } from '../core/store/store.js';
import { runScript } from './run-script.js';
import { heartbeat } from './scripts.generated.js';

const HEARTBEAT_LIFE_MS = 60_000;

/** The connections of one process to one server. */
export interface Connections {
  readonly commands: RedisConnection;
  /** Speaks RESP3, where a connection that is subscribed still takes commands. */
  readonly subscriber: RedisConnection;
}

/**
 * Hears of every write on a connection of its own, and proves that it does.
 *
 * Redis pushes to a connection in the order of its acts. Once the answer to a write that was sent on that very connection is
 * there, every push that was due before it has been delivered: that write is the fence. A PING would prove less: a server that
 * was demoted, or cut off, still answers it. The same on the connection of the commands, to the same server, proves that what is
 * read there and what is heard here are of one.
 */
export class InvalidationChannel {
  /** The session of the push connection that was fenced before; another one may have missed pushes. */
  #verifiedSession: string | undefined;
  #subscription: 'none' | 'asked for' | 'confirmed' = 'none';
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

  /** Subscribes, now and after each reconnect, and flushes whenever pushes may have been missed. */
  open(): void {
    const { client } = this.connections.subscriber;
    client.on('error', () => this.#loseChannel());
    client.on('ready', () => {
      this.#loseChannel();
      void this.#subscribe();
    });
  }

  /** Sends the fences and believes them when both servers are one, and pushes come from there. It never rejects. */
  async heartbeat(): Promise<void> {
    const { commands, subscriber } = this.connections;
    const { session } = subscriber;
    // A fence proves that every push came that was due, and where nobody is subscribed none is.
    if (this.#subscription !== 'confirmed') return this.#subscribe();
    const sentAt = this.runtime.clock.now();
    try {
      await Promise.all([this.#heartbeat(subscriber), this.#heartbeat(commands)]);
    } catch {
      // No fence: what is held is believed until `maxStaleness` has passed since the last one.
      return;
    }
    if (session === undefined || subscriber.session !== session || subscriber.serverId !== commands.serverId) return;
    if (this.#verifiedSession !== session) {
      // The first fence of a subscription comes after its confirmation: until here, pushes may have been missed.
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

  /** Once: the driver keeps the subscription through reconnects, and renews it before anything that is sent after them. */
  async #subscribe(): Promise<void> {
    if (this.#subscription !== 'none') return;
    this.#subscription = 'asked for';
    const { subscriber } = this.connections;
    try {
      // The driver calls back inside its parser, in the order of the pushes: nothing runs between a push and its effect.
      await subscriber.client.subscribe(this.names.channel, (message) => this.#receive(message));
      this.#subscription = 'confirmed';
    } catch (error) {
      // The connection ended meanwhile, or it may not listen: the next beat tries again.
      this.#subscription = 'none';
      if (subscriber.session !== undefined) this.#logRefusal(error);
    }
  }

  #logRefusal(error: unknown): void {
    if (this.#refusalLogged) return;
    this.#refusalLogged = true;
    const { channel } = this.names;
    this.runtime.warn(`Redis refuses SUBSCRIBE ${channel}, so nothing is held in memory: ${String(error)}`);
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
