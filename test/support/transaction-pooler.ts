import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** The parameters of a start-up packet that PgBouncer accepts by default. */
const accepted = new Set(['user', 'database', 'client_encoding', 'datestyle', 'timezone', 'application_name']);
const protocol = Buffer.from([0, 3, 0, 0]);
const idle = 'I'.charCodeAt(0);

/**
 * Starts a pooler in the manner of PgBouncer with `pool_mode = transaction`. It refuses other parameters of the start-up packet,
 * gives its clients process ids of its own, and gives each transaction the connection that was free for the longest time.
 *
 * @param serverUrl a server that trusts all users
 */
export async function startTransactionPooler(serverUrl: string) {
  const target = new URL(serverUrl);
  const pool = new Pool(await Promise.all([1, 2, 3, 4, 5].map(() => openServer(target))));
  const clients = new Set<Socket>();
  const listener = createServer((client) => {
    clients.add(client.setNoDelay(true));
    client.on('close', () => clients.delete(client)).on('error', () => undefined);
    client.once('data', (packet) => {
      const refused = parametersOf(packet).find((name) => !accepted.has(name.toLowerCase()));
      if (refused === undefined) new Session(client, pool).start();
      else client.end(failure(`unsupported startup parameter: ${refused}`));
    });
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: Object.assign(new URL(target), { port: String(port) }).href,
    close: async () => {
      for (const client of clients) client.destroy();
      pool.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}

class Pool {
  private readonly waiting: ((server: Socket) => void)[] = [];

  constructor(private readonly free: Socket[]) {}

  async acquire(): Promise<Socket> {
    return this.free.shift() ?? new Promise((resolve) => this.waiting.push(resolve));
  }

  release(server: Socket): void {
    const next = this.waiting.shift();
    if (next) next(server);
    else this.free.push(server);
  }

  destroy(): void {
    for (const server of this.free) server.destroy();
  }
}

/** Passes the messages of one client to a server connection, which it keeps for one transaction. */
class Session {
  private server: Promise<Socket> | undefined;

  constructor(
    private readonly client: Socket,
    private readonly pool: Pool,
  ) {}

  start(): void {
    const key = Buffer.alloc(8);
    key.writeInt32BE(randomInt(2 ** 31, 2 ** 32) | 0);
    this.client.write(
      Buffer.concat([message('R', Buffer.alloc(4)), message('K', key), message('Z', Buffer.from('I'))]),
    );
    this.client.on(
      'data',
      messages((type, whole) => {
        if (type === 'X') this.client.end();
        else void this.pass(whole);
      }),
    );
    // PgBouncer closes a server connection whose client left during a transaction.
    this.client.on('close', () => void this.server?.then((server) => server.destroy()));
  }

  private async pass(whole: Buffer): Promise<void> {
    this.server ??= this.attach();
    (await this.server).write(whole);
  }

  private async attach(): Promise<Socket> {
    const server = await this.pool.acquire();
    const read = messages((type, whole) => {
      this.client.write(whole);
      if (type !== 'Z' || whole.at(-1) !== idle) return;
      server.off('data', read);
      this.server = undefined;
      this.pool.release(server);
    });
    return server.on('data', read);
  }
}

async function openServer({ hostname, port, username, pathname }: URL): Promise<Socket> {
  const socket = connect(Number(port), hostname)
    .setNoDelay(true)
    .on('error', () => undefined);
  const parameters = ['user', username, 'database', pathname.slice(1), ''].map((text) => `${text}\0`).join('');
  const packet = Buffer.concat([Buffer.alloc(4), protocol, Buffer.from(parameters)]);
  packet.writeInt32BE(packet.length);
  socket.write(packet);
  const ready = Promise.withResolvers<void>();
  const read = messages((type) => {
    if (type === 'Z') ready.resolve();
  });
  socket.on('data', read);
  await ready.promise;
  return socket.off('data', read);
}

/** Returns the names in a start-up packet: its length, the protocol, names and values, each with a zero at its end. */
function parametersOf(packet: Buffer): string[] {
  return packet
    .subarray(8)
    .toString()
    .split('\0')
    .filter((text, index) => index % 2 === 0 && text !== '');
}

function failure(text: string): Buffer {
  return message('E', Buffer.from(`SFATAL\0C08P01\0M${text}\0\0`));
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}

/** Returns a listener for bytes that calls `each` for every complete message. */
function messages(each: (type: string, whole: Buffer) => void): (bytes: Buffer) => void {
  let held = Buffer.alloc(0);
  return (bytes) => {
    held = Buffer.concat([held, bytes]);
    while (held.length >= 5 && held.length > held.readInt32BE(1)) {
      const whole = held.subarray(0, 1 + held.readInt32BE(1));
      held = held.subarray(whole.length);
      each(String.fromCharCode(whole[0] ?? 0), whole);
    }
  };
}
