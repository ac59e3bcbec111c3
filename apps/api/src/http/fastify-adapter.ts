import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { refuseBrokenRequest } from './broken-request.js';
import { readJsonBodies } from './json-body.js';
import { ProblemError } from './problem-error.js';
import { sendProblem } from './problem.filter.js';
import { requestId } from './request-id.js';
import { toProblem } from './to-problem.js';

/** RFC 9110 §9.2.1 */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** Fastify as this API uses it: every choice about the server itself is here. */
export function createFastifyAdapter(): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: 1024 * 1024,
    // How long a request may take to arrive, so that slow senders do not hold connections for ever.
    requestTimeout: 30_000,
    // While we drain, requests that still arrive are served; the readiness probe sends the others elsewhere.
    return503OnClosing: false,
    genReqId: requestId,
    requestIdHeader: false,
    exposeHeadRoutes: true,
    // Node would answer by itself, without a body; the hook below does it in our words.
    http: { requireHostHeader: false },
    routerOptions: { ignoreTrailingSlash: false, caseSensitive: true, maxParamLength: 100 },
    clientErrorHandler: refuseBrokenRequest,
    // What the router itself refuses, before any hook: an undecodable URL, a path parameter without end.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(toProblem(error), request, reply),
  });
  const server: FastifyInstance = adapter.getInstance();
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    // What a write answers is true of its moment. RFC 9110 §9.3.3 lets caches keep that of a POST.
    if (!SAFE_METHODS.has(request.method)) reply.header('cache-control', 'no-store');
    // RFC 9112 §3.2
    const nameless = request.raw.httpVersion === '1.1' && request.headers.host === undefined;
    done(nameless ? new ProblemError('malformed-request', 'The Host header is missing.') : undefined);
  });
  readJsonBodies(server);
  return adapter;
}
