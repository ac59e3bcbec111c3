import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { OriginError } from '../../consistency/processes/worker/origin.js';

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  /** Is sent as JSON. */
  readonly body?: unknown;
}

/** The instance ended, and its connections with it. */
class InstanceEnded extends OriginError {
  override readonly name = 'InstanceEnded';
}

const CLOSED = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE'];

/**
 * Sends requests over connections that stay open. It adds no headers of its own: Node's `fetch` adds `Cache-Control: no-cache` to
 * conditional requests, which makes them strong.
 */
export class HttpClient {
  readonly #agent = new Agent({ keepAlive: true });

  constructor(
    private readonly url: string,
    /** Resolves when the instance has restarted; `undefined` while it does not restart. */
    private readonly restarting: () => Promise<void> | undefined,
  ) {}

  async send(method: 'GET' | 'PATCH', path: string, sent: Sent = {}): Promise<HttpResponse> {
    try {
      return await this.#send(method, path, sent);
    } catch (error) {
      const restarted = this.restarting();
      const isClosed = error instanceof Error && 'code' in error && CLOSED.includes(String(error.code));
      if (!restarted || !isClosed) throw error;
      await restarted;
      throw new InstanceEnded();
    }
  }

  #send(method: string, path: string, { headers, body }: Sent): Promise<HttpResponse> {
    const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>();
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const options = { method, agent: this.#agent, headers: { ...type, ...headers } };
    request(new URL(path, this.url), options, (response) => {
      const { statusCode: status = 0, headers: received } = response;
      text(response).then((read) => resolve({ status, headers: received, body: read }), reject);
    })
      .on('error', reject)
      .end(body === undefined ? undefined : JSON.stringify(body));
    return promise;
  }
}
