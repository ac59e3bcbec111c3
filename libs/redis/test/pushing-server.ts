import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

const PUSH_EVERY_MS = 20;
const PUSH = '>3\r\n$7\r\nmessage\r\n$7\r\nchannel\r\n$4\r\ntext\r\n';
const ANSWERS: Readonly<Record<string, string>> = {
  HELLO: '%1\r\n$5\r\nproto\r\n:3\r\n',
  PING: '+PONG\r\n',
};

/**
 * Simulates the part of Redis that a connection needs. It pushes messages without a pause, and can suspend its answers. On
 * {@link resume} it sends the suspended answers in order, as a slow server does.
 */
export class PushingServer {
  readonly #sockets = new Set<Socket>();
  readonly #suspended: (() => void)[] = [];
  #isSuspended: (name: string) => boolean = () => false;
  /** The role that it reports. */
  role: 'master' | 'slave' = 'master';
  /** The first word of its error reply to PING. INFO is always answered. */
  refusal: 'LOADING' | 'MASTERDOWN' | undefined;
  /** The lines of INFO with which it identifies itself. */
  ids = 'run_id:0123456789abcdef\r\n';
  /** The command at which it closes the connection. */
  closesAt: string | undefined;
  /** When each connection was accepted, in milliseconds of `performance.now()`. */
  readonly acceptedAt: number[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<PushingServer> {
    const server = createServer((socket) => pushing.#accept(socket));
    const pushing = new PushingServer(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return pushing;
  }

  get url(): string {
    const address = this.server.address();
    return `redis://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** Suspends the answers to the commands of the given names, or to all. */
  suspend(...names: readonly string[]): void {
    this.#isSuspended = (name) => names.length === 0 || names.includes(name);
  }

  /** Sends the suspended answers, and answers every command at once from now on. */
  resume(): void {
    this.#isSuspended = () => false;
    this.#suspended.splice(0).forEach((answer) => answer());
  }

  close(): void {
    this.#sockets.forEach((socket) => socket.destroy());
    this.server.close();
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    this.acceptedAt.push(performance.now());
    const pushes = setInterval(() => socket.write(PUSH), PUSH_EVERY_MS);
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(pushes);
      this.#sockets.delete(socket);
    });
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString();
      for (let taken = takeRequest(text); taken; taken = takeRequest(text)) {
        text = taken.rest;
        this.#handle(taken.name, socket);
      }
    });
  }

  #handle(name: string, socket: Socket): void {
    const answer = (): void => {
      if (name === this.closesAt) socket.end();
      else if (socket.writable) socket.write(this.#answerTo(name));
    };
    if (this.#isSuspended(name)) this.#suspended.push(answer);
    else answer();
  }

  #answerTo(name: string): string {
    if (name === 'INFO') return this.#info();
    if (name === 'PING' && this.refusal !== undefined) return `-${this.refusal} Not now\r\n`;
    return ANSWERS[name] ?? '+OK\r\n';
  }

  #info(): string {
    const loading = this.refusal === 'LOADING' ? 1 : 0;
    const text = `${this.ids}loading:${loading}\r\nrole:${this.role}\r\n`;
    return `$${text.length}\r\n${text}\r\n`;
  }
}

/** Takes the first complete request off a text: `*2 $4 INFO $6 server`, each part on a line of its own. */
function takeRequest(text: string): { readonly name: string; readonly rest: string } | undefined {
  const lines = text.split('\r\n');
  const length = 1 + 2 * Number(lines[0]?.slice(1));
  if (!(lines.length > length)) return undefined;
  return { name: lines[2] ?? '', rest: lines.slice(length).join('\r\n') };
}
