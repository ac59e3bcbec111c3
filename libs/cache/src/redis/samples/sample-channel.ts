import type { RedisConnection } from '@nuthatch/redis';

/**
 * Sends and receives the samples of the staleness figure, on a connection of its own: a message that the invalidation channel loses
 * must not take the sample with it. A user of Redis without this channel samples the writes of its own instance only.
 */
export class SampleChannel {
  readonly #subscriber: RedisConnection;

  constructor(
    private readonly commands: RedisConnection,
    private readonly channel: string,
    receive: (text: string) => void,
  ) {
    const subscriber = commands.duplicate('nuthatch-samples');
    this.#subscriber = subscriber;
    // The driver subscribes again by itself only on the same connection.
    subscriber.onChange(({ connected }) => {
      // An error stays within the operation: it is no refusal of what the caches need.
      if (connected) subscriber.run((client) => client.subscribe(channel, receive).catch(() => {})).catch(() => {});
    });
  }

  open(): void {
    this.#subscriber.open();
  }

  /** Never rejects: a sample that is lost is not compared. */
  send(text: string): void {
    this.commands.run((client) => client.publish(this.channel, text).catch(() => 0)).catch(() => {});
  }

  close(): Promise<void> {
    return this.#subscriber.close();
  }
}
