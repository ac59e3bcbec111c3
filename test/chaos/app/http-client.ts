import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';

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

/**
 * Sends requests over connections that stay open. It adds no headers of its own: Node's `fetch` adds `Cache-Control: no-cache` to
 * conditional requests, which makes them strong.
 */
export class HttpClient {
  readonly #agent = new Agent({ keepAlive: true });

  constructor(private readonly url: string) {}

  async send(method: 'GET' | 'PATCH', path: string, { headers, body }: Sent = {}): Promise<HttpResponse> {
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
