import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** Which way bytes flow: `up` from the client to the server, `down` back. */
export type Direction = 'up' | 'down' | 'both';

export interface FaultProxyOptions {
  /** Where the server listens, on 127.0.0.1. */
  readonly port: number;
}

interface Faults {
  frozen: { readonly direction: Direction; readonly said: string } | undefined;
  delayMs: number;
  bytesPerSecond: number;
}

/**
 * Stands between a client and a server and does to their bytes what networks do: keep them, delay them, let them drip, cut the
 * connection, refuse it. A fault holds for connections that are open and for those that are made later.
 *
 * @example
 * const proxy = await startFaultProxy({ port: redis.port });
 * const client = createClient({ url: `redis://127.0.0.1:${proxy.port}` });
 * proxy.freeze('down'); // requests arrive, answers do not
 */
export async function startFaultProxy(target: FaultProxyOptions): Promise<FaultProxy> {
  const proxy = new FaultProxy(target.port);
  await proxy.accept();
  return proxy;
}

export class FaultProxy {
  readonly #faults: Faults = { frozen: undefined, delayMs: 0, bytesPerSecond: Number.POSITIVE_INFINITY };
  readonly #wires = new Set<Wire>();
  readonly #ignored = new Set<Socket>();
  #ignoring = false;
  #server: Server | undefined;
  #port = 0;

  constructor(private readonly targetPort: number) {}

  /** Where it listens: the same port for as long as it lives. */
  get port(): number {
    return this.#port;
  }

  /** How many connections go through it now. */
  get connections(): number {
    return this.#wires.size;
  }

  /**
   * Keeps what is sent from now on, in silence: nobody sees a connection close.
   *
   * @param said only connections whose client sent this text among its first bytes, such as the name it gave itself.
   */
  freeze(direction: Direction, said = ''): void {
    this.#faults.frozen = { direction, said };
  }

  /** Hands on what was kept, and everything that comes. */
  thaw(): void {
    this.#faults.frozen = undefined;
    for (const wire of this.#wires) wire.flow();
  }

  /** Each chunk arrives `ms` milliseconds later, in either direction: a round trip takes twice that longer. */
  delay(ms: number): void {
    this.#faults.delayMs = ms;
  }

  /** Lets so many bytes a second through, in either direction of each connection. */
  drip(bytesPerSecond: number): void {
    this.#faults.bytesPerSecond = bytesPerSecond;
  }

  /** Resets connections: what was kept of theirs is lost. @param said as for {@link freeze} */
  cut(said = ''): void {
    if (said === '') for (const client of this.#ignored) client.resetAndDestroy();
    for (const wire of this.#wires) if (wire.greeted(said)) wire.cut();
  }

  /** Nobody can connect any more. Connections that are open stay so. */
  refuse(): void {
    this.#server?.close();
    this.#server = undefined;
  }

  /** Accepts whoever connects from now on, and never has an answer for them: not later either. Nobody is refused. */
  ignore(): void {
    this.#ignoring = true;
  }

  /** Listens, again on its own port, to whoever connects from now on. */
  async accept(): Promise<void> {
    this.#ignoring = false;
    if (this.#server) return;
    const server = createServer((client) => this.#join(client));
    this.#server = server;
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (typeof address === 'object' && address) this.#port = address.port;
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.refuse();
    this.cut();
    if (server) await once(server, 'close');
  }

  #join(client: Socket): void {
    if (this.#ignoring) {
      this.#ignored.add(client.on('error', () => {}).once('close', () => this.#ignored.delete(client)));
      return;
    }
    const wire = new Wire(client, connect(this.targetPort, '127.0.0.1'), this.#faults);
    this.#wires.add(wire);
    client.once('close', () => this.#wires.delete(wire));
  }
}

const GREETING_BYTES = 1_024;

/** One connection: two lanes, and what its client said first. */
class Wire {
  readonly #lanes: readonly Lane[];
  #greeting = '';

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    faults: Faults,
  ) {
    client.on('data', (bytes: Buffer) => {
      if (this.#greeting.length < GREETING_BYTES) this.#greeting += bytes.toString('latin1');
    });
    const frozen = (direction: Direction): boolean =>
      faults.frozen !== undefined &&
      (faults.frozen.direction === 'both' || faults.frozen.direction === direction) &&
      this.greeted(faults.frozen.said);
    this.#lanes = [
      new Lane(client, server, faults, () => frozen('up')),
      new Lane(server, client, faults, () => frozen('down')),
    ];
  }

  greeted(said: string): boolean {
    return this.#greeting.includes(said);
  }

  flow(): void {
    this.#lanes.forEach((lane) => void lane.flow());
  }

  cut(): void {
    this.client.resetAndDestroy();
    this.server.resetAndDestroy();
  }
}

/** So much is kept before the sender feels it, as in a network. */
const MOST_CHUNKS = 1_000;

interface Chunk {
  /** `undefined` is the end. */
  bytes: Buffer | undefined;
  dueAt: number;
}

/** One direction of a connection: bytes arrive, wait until they are due, and leave in order. */
class Lane {
  readonly #waiting: Chunk[] = [];
  #flowing = false;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    private readonly faults: Faults,
    private readonly frozen: () => boolean,
  ) {
    // Or small writes wait for the acknowledgement of earlier ones, up to 40 ms.
    from.setNoDelay();
    from.on('data', (bytes: Buffer) => this.#arrive(bytes));
    from.on('close', () => this.#arrive(undefined));
    // 'close' follows it, and is all that the other side would see.
    from.on('error', () => {});
  }

  async flow(): Promise<void> {
    if (this.#flowing) return;
    this.#flowing = true;
    // After a wait everything is looked at again: it may be frozen by now.
    for (let next = this.#waiting[0]; next && !this.frozen(); next = this.#waiting[0]) {
      const early = next.dueAt - performance.now();
      if (early > 0) await pause(early);
      else this.#send(next);
    }
    this.#flowing = false;
    if (this.#waiting.length === 0) this.from.resume();
  }

  #arrive(bytes: Buffer | undefined): void {
    this.#waiting.push({ bytes, dueAt: performance.now() + this.faults.delayMs });
    if (this.#waiting.length > MOST_CHUNKS) this.from.pause();
    void this.flow();
  }

  /** All of it, or as much as may drip now. */
  #send(chunk: Chunk): void {
    const { bytesPerSecond } = this.faults;
    const size = Math.ceil(bytesPerSecond / 100);
    if (chunk.bytes === undefined) this.to.destroySoon();
    else this.to.write(chunk.bytes.subarray(0, size));
    if (chunk.bytes && chunk.bytes.length > size) {
      chunk.bytes = chunk.bytes.subarray(size);
      chunk.dueAt = performance.now() + (1_000 * size) / bytesPerSecond;
    } else this.#waiting.shift();
  }
}
