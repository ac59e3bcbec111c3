import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** The direction of bytes: `up` from the client to the server, `down` back. */
export type Direction = 'up' | 'down' | 'both';

export interface FaultProxyOptions {
  /** The port of the server, on 127.0.0.1. */
  readonly port: number;
}

interface Faults {
  frozen: { readonly direction: Direction; readonly greeting: string } | undefined;
  delayMs: number;
  bytesPerSecond: number;
}

/**
 * Starts a proxy between a client and a server that injects the faults of a network: it freezes bytes, delays them, throttles
 * them, cuts connections or refuses them. A fault applies to open connections and to later ones.
 *
 * @example
 * const proxy = await startFaultProxy({ port: redis.port });
 * const client = createClient({ url: `redis://127.0.0.1:${proxy.port}` });
 * proxy.freeze('down'); // requests arrive, responses do not
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

  /** The port of the proxy, the same until it is closed. */
  get port(): number {
    return this.#port;
  }

  /** The number of open connections through the proxy. */
  get connections(): number {
    return this.#wires.size;
  }

  /**
   * Holds back all bytes from now on. Connections stay open, so neither side notices.
   *
   * @param greeting affects only connections whose client sent this text among its first bytes, such as its name.
   */
  freeze(direction: Direction, greeting = ''): void {
    this.#faults.frozen = { direction, greeting };
  }

  /** Forwards the bytes held back, and all later ones. */
  thaw(): void {
    this.#faults.frozen = undefined;
    for (const wire of this.#wires) wire.flow();
  }

  /** Delays each chunk by `ms` milliseconds in either direction: a round trip takes twice as much longer. */
  delay(ms: number): void {
    this.#faults.delayMs = ms;
  }

  /** Throttles each direction of each connection to this many bytes per second. */
  drip(bytesPerSecond: number): void {
    this.#faults.bytesPerSecond = bytesPerSecond;
  }

  /** Resets connections. Their held back bytes are lost. @param greeting as for {@link freeze} */
  cut(greeting = ''): void {
    if (greeting === '') for (const client of this.#ignored) client.resetAndDestroy();
    for (const wire of this.#wires) if (wire.greeted(greeting)) wire.cut();
  }

  /** Refuses new connections. Open connections stay open. */
  refuse(): void {
    this.#server?.close();
    this.#server = undefined;
  }

  /** Accepts new connections but never replies on them, even after {@link accept}. */
  ignore(): void {
    this.#ignoring = true;
  }

  /** Accepts and forwards new connections, on the same port as before. */
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

/** One connection: two lanes, and the first bytes of its client. */
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
      this.greeted(faults.frozen.greeting);
    this.#lanes = [
      new Lane(client, server, faults, () => frozen('up')),
      new Lane(server, client, faults, () => frozen('down')),
    ];
  }

  greeted(greeting: string): boolean {
    return this.#greeting.includes(greeting);
  }

  flow(): void {
    this.#lanes.forEach((lane) => void lane.flow());
  }

  cut(): void {
    this.client.resetAndDestroy();
    this.server.resetAndDestroy();
  }
}

/** Chunks held back before the proxy stops reading from the sender, as a full network buffer does. */
const MOST_CHUNKS = 1_000;

interface Chunk {
  /** `undefined` marks the end of the stream. */
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
    // Without it, small writes wait up to 40 ms for the acknowledgement of earlier ones.
    from.setNoDelay();
    from.on('data', (bytes: Buffer) => this.#arrive(bytes));
    from.on('close', () => this.#arrive(undefined));
    // 'close' follows an 'error' and already ends the lane.
    from.on('error', () => {});
  }

  async flow(): Promise<void> {
    if (this.#flowing) return;
    this.#flowing = true;
    // Checks again after each wait, because the lane may be frozen by then.
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

  /** Sends the chunk, or as much of it as the throttle allows now. */
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
