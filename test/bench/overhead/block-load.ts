import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { messageLength } from '../http/load/message-length.js';

/** Open connections to one server. They are idle between two blocks. */
export class BlockLoad {
  readonly #sockets: readonly Socket[];
  readonly #request: Buffer;
  readonly #failure = Promise.withResolvers<never>();
  #endsAt = 0;
  #requests = 0;
  #inFlight = 0;
  #ended = Promise.withResolvers<void>();

  private constructor({ host, pathname, port }: URL, connections: number) {
    this.#request = Buffer.from(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    // A block may fail before anything waits for it.
    this.#failure.promise.catch(() => {});
    this.#sockets = Array.from({ length: connections }, () => this.#open(Number(port)));
  }

  static async connect(url: URL, connections: number): Promise<BlockLoad> {
    const load = new BlockLoad(url, connections);
    await Promise.all(load.#sockets.map((socket) => once(socket, 'connect')));
    return load;
  }

  /** Keeps one request in flight per connection for this time, and returns how many were answered. */
  async run(ms: number): Promise<number> {
    this.#requests = 0;
    this.#inFlight = this.#sockets.length;
    this.#ended = Promise.withResolvers();
    this.#endsAt = performance.now() + ms;
    for (const socket of this.#sockets) socket.write(this.#request);
    await Promise.race([this.#ended.promise, this.#failure.promise]);
    return this.#requests;
  }

  close(): void {
    for (const socket of this.#sockets) socket.removeAllListeners().destroy();
  }

  #open(port: number): Socket {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.on('data', (chunk: Buffer) => this.#answered(socket, chunk));
    socket.on('error', this.#failure.reject);
    socket.on('close', () => this.#failure.reject(new Error('The server closed a connection.')));
    return socket;
  }

  /** A hit of 200 bytes arrives in one piece. */
  #answered(socket: Socket, chunk: Buffer): void {
    if (messageLength(chunk) !== chunk.length) return this.#failure.reject(new Error(chunk.toString('latin1', 0, 200)));
    this.#requests += 1;
    if (performance.now() < this.#endsAt) socket.write(this.#request);
    else if (--this.#inFlight === 0) this.#ended.resolve();
  }
}
