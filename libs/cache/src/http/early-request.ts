import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { KeyedRequest } from './request-key.js';

/** The parts of Fastify's request that are needed here. */
export interface FastifyRequest extends KeyedRequest {
  readonly method: string;
  readonly raw: IncomingMessage & { readonly user?: unknown };
}

/** A request before Nest has seen it. It notes whether the route's key is made of the query too. */
export class EarlyRequest implements KeyedRequest {
  #queryUsed = false;

  constructor(private readonly request: FastifyRequest) {}

  get params(): Readonly<Record<string, unknown>> {
    return this.request.params;
  }

  get query(): Readonly<Record<string, unknown>> {
    this.#queryUsed = true;
    return this.request.query;
  }

  get headers(): IncomingHttpHeaders {
    return this.request.headers;
  }

  get raw(): FastifyRequest['raw'] {
    return this.request.raw;
  }

  get user(): unknown {
    return this.request.user;
  }

  /** Whether there is a query, and the key says nothing of it. Somebody behind may refuse it. */
  get leavesQueryUnread(): boolean {
    return !this.#queryUsed && (this.request.raw.url?.includes('?') ?? false);
  }
}
