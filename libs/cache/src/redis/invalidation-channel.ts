import type { RedisConnection } from '@nuthatch/redis';
import type { Clock } from '../core/clock.js';
import type { ChannelListener } from '../core/store/store.js';
import { runScript } from './run-script.js';
import { fence } from './scripts.generated.js';

const FENCE_LIFE_MS = 60_000;

/** The connections of one process to one server. */
export interface Connections {
  readonly commands: RedisConnection;
  /** Speaks RESP3, where a connection that is subscribed still takes commands. */
  readonly pushes: RedisConnection;
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
  #fencedSession: string | undefined;
  #subscription: 'none' | 'asked for' | 'confirmed' = 'none';
  #refusalTold = false;

  constructor(
    private readonly connections: Connections,
    private readonly names: { readonly channel: string; readonly fence: string },
    private readonly tiers: {
      readonly coherence: ChannelListener;
      readonly clock: Clock;
      readonly warn: (message: string) => void;
    },
  ) {}

  /** Subscribes, now and after each reconnect, and flushes whenever pushes may have been missed. */
  open(): void {
    const { client } = this.connections.pushes;
    client.on('error', () => this.#interrupt());
    client.on('ready', () => {
      this.#interrupt();
      void this.#subscribe();
    });
  }

  /** Sends the fences and believes them when both servers are one, and pushes come from there. It never rejects. */
  async beat(): Promise<void> {
    const { commands, pushes } = this.connections;
    const { session } = pushes;
    // A fence proves that every push came that was due, and where nobody is subscribed none is.
    if (this.#subscription !== 'confirmed') return this.#subscribe();
    const sentAt = this.tiers.clock.now();
    try {
      await Promise.all([this.#fence(pushes), this.#fence(commands)]);
    } catch {
      // No fence: what is held is believed until `maxStaleness` has passed since the last one.
      return;
    }
    if (session === undefined || pushes.session !== session || pushes.serverId !== commands.serverId) return;
    if (this.#fencedSession !== session) {
      // The first fence of a subscription comes after its confirmation: until here, pushes may have been missed.
      this.#fencedSession = session;
      this.tiers.coherence.interrupted();
    }
    this.tiers.coherence.fenced(sentAt);
  }

  #fence(connection: RedisConnection): Promise<unknown> {
    return connection.run((client) => runScript(client, fence, { fence: this.names.fence }, { lifeMs: FENCE_LIFE_MS }));
  }

  /** Once: the driver keeps the subscription through reconnects, and renews it before anything that is sent after them. */
  async #subscribe(): Promise<void> {
    if (this.#subscription !== 'none') return;
    this.#subscription = 'asked for';
    const { pushes } = this.connections;
    try {
      // The driver calls back inside its parser, in the order of the pushes: nothing runs between a push and its effect.
      await pushes.client.subscribe(this.names.channel, (message) => this.#hear(message));
      this.#subscription = 'confirmed';
    } catch (error) {
      // The connection ended meanwhile, or it may not listen: the next beat tries again.
      this.#subscription = 'none';
      if (pushes.session !== undefined) this.#tellRefusal(error);
    }
  }

  #tellRefusal(error: unknown): void {
    if (this.#refusalTold) return;
    this.#refusalTold = true;
    const { channel } = this.names;
    this.tiers.warn(`Redis refuses SUBSCRIBE ${channel}, so nothing is held in memory: ${String(error)}`);
  }

  #interrupt(): void {
    this.#fencedSession = undefined;
    this.tiers.coherence.interrupted();
  }

  #hear(message: string): void {
    const kind = message.startsWith('i') ? 'intent' : 'done';
    this.tiers.coherence.pushed(kind, message.slice(1));
  }
}
