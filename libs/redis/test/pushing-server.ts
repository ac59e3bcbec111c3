import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

const PUSH_EVERY_MS = 20;
const PUSH = '>3\r\n$7\r\nmessage\r\n$7\r\nchannel\r\n$4\r\ntext\r\n';
const ANSWERS: Readonly<Record<string, string>> = {
  HELLO: '%1\r\n$5\r\nproto\r\n:3\r\n',
  PING: '+PONG\r\n',
};

/**
 * As much of Redis as a connection needs to stand: it pushes without a pause, and may leave requests unanswered meanwhile. What
 * it left it answers later, in order, as a server does that was only slow.
 */
export class PushingServer {
  readonly #sockets = new Set<Socket>();
  readonly #left: (() => void)[] = [];
  #leaves: (name: string) => boolean = () => false;
  /** What it says it is. */
  role: 'master' | 'slave' = 'master';
  /** The word with which it refuses everything but questions about itself. */
  refusal: 'LOADING' | 'MASTERDOWN' | undefined;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<PushingServer> {
    const server = createServer((socket) => pushing.#join(socket));
    const pushing = new PushingServer(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return pushing;
  }

  get url(): string {
    const address = this.server.address();
    return `redis://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  /** From now on leaves requests unanswered: those of the given names, or all. */
  leave(...names: readonly string[]): void {
    this.#leaves = (name) => names.length === 0 || names.includes(name);
  }

  answer(): void {
    this.#leaves = () => false;
    this.#left.splice(0).forEach((answer) => answer());
  }

  close(): void {
    this.#sockets.forEach((socket) => socket.destroy());
    this.server.close();
  }

  #join(socket: Socket): void {
    this.#sockets.add(socket);
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
        this.#hear(taken.name, socket);
      }
    });
  }

  #hear(name: string, socket: Socket): void {
    const answer = (): void => {
      if (name === 'QUIT') socket.end('+OK\r\n');
      else if (socket.writable) socket.write(this.#answerTo(name));
    };
    if (this.#leaves(name)) this.#left.push(answer);
    else answer();
  }

  #answerTo(name: string): string {
    if (name === 'INFO') return this.#info();
    if (name === 'PING' && this.refusal !== undefined) return `-${this.refusal} Not now\r\n`;
    return ANSWERS[name] ?? '+OK\r\n';
  }

  #info(): string {
    const loading = this.refusal === 'LOADING' ? 1 : 0;
    const text = `run_id:0123456789abcdef\r\nloading:${loading}\r\nrole:${this.role}\r\n`;
    return `$${text.length}\r\n${text}\r\n`;
  }
}

/** The first request of a text, if all of it is there: `*2 $4 INFO $6 server`, each on a line of its own. */
function takeRequest(text: string): { readonly name: string; readonly rest: string } | undefined {
  const lines = text.split('\r\n');
  const length = 1 + 2 * Number(lines[0]?.slice(1));
  if (!(lines.length > length)) return undefined;
  return { name: lines[2] ?? '', rest: lines.slice(length).join('\r\n') };
}
