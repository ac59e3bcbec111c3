import { connect, type Socket } from 'node:net';
import { createHistogram } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

/** Each connection stays open and has one request in flight. It ignores `Retry-After`, which is the worst that clients do. */
export interface MixedLoad {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** The users that are read, and changed by every tenth request. */
  readonly userIds: readonly string[];
}

export interface MixedLoadReport {
  /** Answers other than refusals. */
  readonly answers: number;
  readonly answersPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly refusals: number;
  /** How many answers had each status. */
  readonly statuses: ReadonlyMap<number, number>;
  /** The first answers that a client should never get: an error without `Retry-After`. */
  readonly faults: readonly string[];
}

const WRITE_EVERY = 10;
const MOST_FAULTS = 5;

export async function mixedLoad(load: MixedLoad): Promise<MixedLoadReport> {
  const run = new LoadRun(load);
  const startedAt = performance.now();
  await pause(load.seconds * 1_000);
  return run.end((performance.now() - startedAt) / 1_000);
}

class LoadRun {
  readonly #sockets: readonly Socket[];
  readonly #answers = createHistogram();
  readonly #statuses = new Map<number, number>();
  readonly #faults: string[] = [];
  #refusals = 0;
  #requests = 0;

  constructor(private readonly load: MixedLoad) {
    this.#sockets = Array.from({ length: load.connections }, () => this.#open());
  }

  end(seconds: number): MixedLoadReport {
    for (const socket of this.#sockets)
      socket
        .removeAllListeners()
        .on('error', () => {})
        .destroy();
    return {
      answers: this.#answers.count,
      answersPerSecond: this.#answers.count / seconds,
      p50Ms: this.#answers.percentile(50) / 1_000,
      p99Ms: this.#answers.percentile(99) / 1_000,
      refusals: this.#refusals,
      statuses: this.#statuses,
      faults: this.#faults,
    };
  }

  #open(): Socket {
    const socket = connect({ port: this.load.port, host: '127.0.0.1', noDelay: true });
    let sentAt = 0;
    let received = '';
    const send = (): void => {
      sentAt = performance.now();
      socket.write(this.#nextRequest());
    };
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      received += chunk;
      if (!isWhole(received)) return;
      this.#record(received, performance.now() - sentAt);
      received = '';
      send();
    });
    socket.on('connect', send);
    socket.on('error', ({ message }) => this.#fault(message));
    socket.on('close', () => this.#fault('The server closed a connection.'));
    return socket;
  }

  #record(answer: string, ms: number): void {
    const status = Number(answer.slice(9, 12));
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
    const retry = /\r\nretry-after: \d/i.test(answer);
    if (status === 503 && answer.includes('"code":"overloaded"')) {
      this.#refusals += 1;
    } else {
      this.#answers.record(Math.max(1, Math.round(ms * 1_000)));
    }
    if (status >= 400 && !retry) this.#fault(answer.slice(0, 300));
  }

  #fault(what: string): void {
    if (this.#faults.length < MOST_FAULTS) this.#faults.push(what);
  }

  #nextRequest(): string {
    this.#requests += 1;
    const { userIds } = this.load;
    const id = userIds[Math.floor(Math.random() * userIds.length)];
    const writes = this.#requests % WRITE_EVERY === 0;
    return writes
      ? `PATCH /users/${id} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`
      : `GET /users/${id} HTTP/1.1\r\nHost: a\r\n\r\n`;
  }
}

const BODY = '{"name":"Ada King"}';

/** Every answer of these routes has a `Content-Length`. */
function isWhole(received: string): boolean {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return false;
  const [, length = '0'] = /\r\ncontent-length: (\d+)/i.exec(received) ?? [];
  return received.length >= headEnd + 4 + Number(length);
}
