import { connect, type Socket } from 'node:net';
import { createHistogram } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { Load, LoadGenerator } from './load.js';
import { messageLength } from './message-length.js';
import { requestTexts } from './request-texts.js';

/** Does as little as a client can. A client that needs longer per request than the server would measure itself. */
export const nodeClient: LoadGenerator = {
  name: 'a client of our own in Node',
  async run(load) {
    const run = new LoadRun(load);
    const startedAt = performance.now();
    await Promise.race([pause(load.seconds * 1_000), run.failed]);
    const seconds = (performance.now() - startedAt) / 1_000;
    return { ...run.end(), seconds };
  },
};

class LoadRun {
  readonly #sockets: readonly Socket[];
  readonly #nextRequest: () => Buffer | string;
  readonly #latencies = createHistogram();
  readonly #failure = Promise.withResolvers<never>();

  constructor(load: Load) {
    this.#nextRequest = requestTexts(load);
    this.#sockets = Array.from({ length: load.connections }, () => this.#open(load.port));
  }

  get failed(): Promise<never> {
    return this.#failure.promise;
  }

  end() {
    for (const socket of this.#sockets)
      socket
        .removeAllListeners()
        .on('error', () => {})
        .destroy();
    const [p50Ms, p99Ms] = [50, 99].map((percent) => this.#latencies.percentile(percent) / 1_000);
    return { requests: this.#latencies.count, p50Ms: p50Ms ?? 0, p99Ms: p99Ms ?? 0 };
  }

  #open(port: number): Socket {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let sentAt = 0;
    let head: Buffer | undefined;
    /** How much of the response is still to come. */
    let missing: number | undefined;
    const send = (): void => {
      sentAt = performance.now();
      socket.write(this.#nextRequest());
    };
    socket.on('data', (chunk: Buffer) => {
      if (missing === undefined) {
        head = head ? Buffer.concat([head, chunk]) : chunk;
        const length = messageLength(head);
        if (length === 'faulty') this.#failure.reject(new Error(head.toString('latin1', 0, 200)));
        if (length === undefined || length === 'faulty') return;
        missing = length - head.length;
      } else {
        missing -= chunk.length;
      }
      if (missing !== 0) return;
      this.#latencies.record(Math.max(1, Math.round((performance.now() - sentAt) * 1_000)));
      head = missing = undefined;
      send();
    });
    socket.on('connect', send);
    socket.on('error', this.#failure.reject);
    socket.on('close', () => this.#failure.reject(new Error('The server closed a connection.')));
    return socket;
  }
}
