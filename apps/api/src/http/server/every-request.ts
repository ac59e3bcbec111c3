import type { IncomingMessage, Server } from 'node:http';
import { ProblemError } from '../problems/problem-error.js';
import { problems } from '../problems/problem.js';

/** RFC 9110 §9.2.1 */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** No path parameter of ours is longer than a UUID; a longer one is a 414. */
export const mostParameterLength = 100;

/** What stands on every answer, whatever becomes of its request. */
export function firstHeaders({ id, method }: { readonly id: string; readonly method: string }): Record<string, string> {
  const headers = { 'x-request-id': id };
  // What a write answers is true of its moment. RFC 9110 §9.3.3 lets caches keep that of a POST.
  return SAFE_METHODS.has(method) ? headers : { ...headers, 'cache-control': 'no-store' };
}

/** RFC 3986 §3.2.2 and §3.2.3: a name or an address, and a port. It may be empty. */
const HOST = /^(?:\[[\da-f:.]+\]|[\w.~!$&'()*+,;=%-]*)(?::\d*)?$/i;

/** RFC 9112 §3.2. Of several Host headers Node keeps the first, and whoever stands before us may have kept the last. */
export function hostProblem({ httpVersion, headers, rawHeaders }: IncomingMessage): ProblemError | undefined {
  const hosts = rawHeaders.filter(
    (text, place) => place % 2 === 0 && text.length === 4 && text.toLowerCase() === 'host',
  );
  if (hosts.length > 1) return new ProblemError('malformed-request', 'There is more than one Host header.');
  if (hosts.length === 0 && httpVersion === '1.1')
    return new ProblemError('malformed-request', 'The Host header is missing.');
  return HOST.test(headers.host ?? '')
    ? undefined
    : new ProblemError('malformed-request', 'The Host header names no host.');
}

/** What is wrong with the encoding of a query. Each server would read it in a way of its own, and search for what nobody wrote. */
export function queryProblem(url = ''): ProblemError | undefined {
  try {
    decodeURIComponent(url.slice(url.indexOf('?') + 1));
    return undefined;
  } catch (cause) {
    return new ProblemError('malformed-request', problems['malformed-request'].meaning, { cause });
  }
}

/** Node refuses any expectation but 100-continue, without a body. RFC 9110 §10.1.1 lets a server go on. */
export function goOnUnexpected(server: Server): void {
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}
