import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { firstHeaders, goOnUnexpected, hostProblem, mostParameterLength, queryProblem } from './every-request.js';
import { refuseBrokenRequest } from './broken-request.js';
import { mediaTypes } from '../media-types.js';
import { mostBytes, parseJson, refusedBody } from './json-body.js';
import { sendProblem } from '../problems/problem.filter.js';
import { logRefused } from './refused-request.js';
import { requestId } from './request-id.js';
import { toProblem } from '../problems/to-problem.js';
import { OtherMethods } from './other-methods.js';

/** Fastify as this API uses it: every choice about the server itself is here. */
export function createFastifyAdapter(): FastifyAdapter {
  const adapter = new ApiFastifyAdapter({
    bodyLimit: mostBytes,
    // How long a request may take to arrive, so that slow senders do not hold connections for ever.
    requestTimeout: 30_000,
    // While we drain, requests that still arrive are served; the readiness probe sends the others elsewhere.
    return503OnClosing: false,
    genReqId: requestId,
    requestIdHeader: false,
    exposeHeadRoutes: true,
    // Node would answer by itself, without a body; the hook below does it in our words.
    http: { requireHostHeader: false },
    routerOptions: { ignoreTrailingSlash: false, caseSensitive: true, maxParamLength: mostParameterLength },
    clientErrorHandler: refuseBrokenRequest,
    // What the router itself refuses, before any hook: an undecodable URL, a path parameter without end.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      const problem = toProblem(error);
      logRefused(problem, request);
      sendProblem(problem, request, reply);
    },
  });
  const server: FastifyInstance = adapter.getInstance();
  server.addHook('onRequest', (request, reply, done) => {
    reply.headers(firstHeaders(request));
    const problem = hostProblem(request.raw) ?? queryProblem(request.raw.url);
    if (problem) logRefused(problem, request);
    done(problem);
  });
  goOnUnexpected(server.server);
  readJsonBodies(server);
  return adapter;
}

class ApiFastifyAdapter extends FastifyAdapter {
  private readonly otherMethods = new OtherMethods(this.getInstance());

  /** Nest calls this once, after the last route. */
  override setNotFoundHandler(handler: Parameters<FastifyAdapter['setNotFoundHandler']>[0]) {
    this.otherMethods.answerAll();
    return super.setNotFoundHandler(handler);
  }
}

/** For any other type Fastify has no parser then, which is a 415. */
function readJsonBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser<Buffer>([...mediaTypes], { parseAs: 'buffer' }, (request, body, done) => {
    const refused = refusedBody(request);
    if (refused) done(refused);
    else done(null, parseJson(body));
  });
}
