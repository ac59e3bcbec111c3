import type { IncomingHttpHeaders } from 'node:http';
import type { AdminToken } from './admin-token.js';

/** The parts of a request that the API reads, on Fastify and on Express. */
export interface AdminRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** The address of the client, which the server takes from proxies that it trusts. */
  readonly ip?: string;
  /** Set by the guard. */
  adminToken?: AdminToken;
}

/** The parts of a response that the guard sets, on Fastify and on Express. */
export interface AdminResponse {
  header(name: string, value: string): unknown;
}
