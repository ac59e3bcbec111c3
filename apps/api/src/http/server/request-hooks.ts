import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { noSniffing } from '../media-types.js';
import { ProblemError, type ProblemOptions } from '../problems/problem-error.js';
import { problems, type ProblemCode } from '../problems/problem-types.js';
import { logRefusal } from './refusal-log.js';

const REQUEST_ID = /^[A-Za-z0-9._-]{8,128}$/;

/** Returns the client's `X-Request-Id` if it is safe in headers and logs, otherwise a new id. */
export function requestId(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

/** RFC 9110 §9.2.1 */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** A longer path parameter is a 414. The longest valid one is a UUID. */
export const mostParameterLength = 100;

/** The first hook of every request. Sets the headers of every answer, also of errors, and refuses requests that break HTTP. */
export function beginRequest(request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void {
  reply.header('x-request-id', request.id).headers(noSniffing);
  // RFC 9110 §9.3.3 allows caches to store the answer to a POST.
  if (!SAFE_METHODS.has(request.method)) reply.header('cache-control', 'no-store');
  const problem = requestProblem(request.raw);
  if (problem) logRefusal(problem, request);
  done(problem);
}

/** A name or an address with an optional port (RFC 3986 §3.2.2, §3.2.3), or empty. */
const HOST = /^(?:\[[\da-f:.]+\]|[\w.~!$&'()*+,;=%-]*)(?::\d*)?$/i;

/** Checks the version and the transfer coding; the Host header; and the encoding of the query. */
function requestProblem(request: IncomingMessage): ProblemError | undefined {
  const { url = '', httpVersion, httpVersionMajor, headers, rawHeaders } = request;
  // Node reads HTTP/0.9, HTTP/2.0 and codings before "chunked" as if it knew them (RFC 9110 §15.6.2, §15.6.6; RFC 9112 §6.1).
  if (httpVersionMajor !== 1) return refusal('http-version-not-supported', closing);
  if ((headers['transfer-encoding'] ?? 'chunked').toLowerCase() !== 'chunked')
    return refusal('not-implemented', closing);
  // RFC 9112 §3.2. Node keeps the first Host of several, and a proxy may have kept the last.
  const hosts = rawHeaders.filter(
    (text, place) => place % 2 === 0 && text.length === 4 && text.toLowerCase() === 'host',
  );
  if (hosts.length > 1) return malformed('There is more than one Host header.');
  if (hosts.length === 0 && httpVersion === '1.1') return malformed('The Host header is missing.');
  if (!HOST.test(headers.host ?? '')) return malformed('The Host header names no host.');
  try {
    // Fastify decodes an invalid query to other characters.
    decodeURIComponent(url.slice(url.indexOf('?') + 1));
    return undefined;
  } catch (cause) {
    return refusal('malformed-request', { cause });
  }
}

const closing = { headers: { connection: 'close' } };

function refusal(code: ProblemCode, options: ProblemOptions): ProblemError {
  return new ProblemError(code, problems[code].meaning, options);
}

const malformed = (detail: string): ProblemError => new ProblemError('malformed-request', detail);

/** Accepts requests with an unknown expectation (RFC 9110 §10.1.1). Node refuses them without a body. */
export function goOnUnexpected(server: Server): void {
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}
