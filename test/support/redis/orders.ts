import { createClient } from '@keyv/redis';

type Client = ReturnType<typeof connectionTo>;

/** Sends commands to servers on 127.0.0.1, over one connection to each. */
export class Orders {
  readonly #clients = new Map<number, Client>();

  async send(port: number, ...words: readonly string[]): Promise<unknown> {
    const client = this.#clients.get(port) ?? (await this.#connect(port));
    try {
      return await client.sendCommand<unknown>(words);
    } catch (error) {
      if (!client.isReady) this.#clients.delete(port);
      throw error;
    }
  }

  end(): void {
    for (const client of this.#clients.values()) client.destroy();
    this.#clients.clear();
  }

  async #connect(port: number): Promise<Client> {
    const client = connectionTo(port);
    client.on('error', () => this.#clients.delete(port));
    await client.connect();
    this.#clients.set(port, client);
    return client;
  }
}

function connectionTo(port: number) {
  return createClient({
    socket: { host: '127.0.0.1', port, connectTimeout: 2_000, reconnectStrategy: false },
    disableOfflineQueue: true,
  });
}
