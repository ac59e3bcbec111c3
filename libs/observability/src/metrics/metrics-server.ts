import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Logger } from '@nestjs/common';
import { requestPath } from '../request/request-line.js';
import type { Exposed } from './exposition.js';

/** Serves `GET /metrics`, and nothing else, on a port of its own. */
export class MetricsServer {
  readonly #server: Server;

  constructor(
    private readonly address: { readonly port: number; readonly host: string },
    private readonly scrape: (accept: string | undefined) => Promise<Exposed>,
  ) {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  /** @throws the error of the system, such as `EADDRINUSE`. */
  async listen(): Promise<void> {
    const listening = Promise.withResolvers<void>();
    this.#server.once('error', listening.reject);
    this.#server.listen(this.address, listening.resolve);
    await listening.promise;
    const bound = this.#server.address();
    const port = typeof bound === 'object' && bound !== null ? bound.port : this.address.port;
    new Logger('Metrics').log(`Serving metrics on http://${this.address.host}:${port}/metrics`);
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = Promise.withResolvers<void>();
    this.#server.close(() => closed.resolve());
    this.#server.closeAllConnections();
    await closed.promise;
  }

  async #answer({ method, url = '/', headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (requestPath(url) !== '/metrics') return void response.writeHead(404).end();
    if (method !== 'GET' && method !== 'HEAD') return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
    try {
      const { contentType, body } = await this.scrape(headers.accept);
      response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store', vary: 'accept' });
      response.end(method === 'HEAD' ? undefined : body);
    } catch (error) {
      new Logger('Metrics').error(error);
      response.writeHead(500).end();
    }
  }
}
