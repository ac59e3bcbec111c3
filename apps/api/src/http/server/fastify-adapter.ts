import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { beginRequest, goOnUnexpected, mostParameterLength, requestId } from './request-hooks.js';
import { answerConnect, answerParseError } from './parse-errors.js';
import { limitBodies, mostBytes } from './body-limits.js';
import { readJsonBodies } from './json-body.js';
import { sendProblem } from '../problems/problem.filter.js';
import { publishUnder } from './public-path.js';
import { logRefusal } from './refusal-log.js';
import { toProblem } from '../problems/to-problem.js';
import { OtherMethods } from './method-not-allowed.js';
import { shedLoad } from './overload.js';
import type { AppConfig } from '../../app.config.js';

type ServerConfig = Pick<AppConfig, 'publicPath' | 'trustProxy' | 'keepAliveTimeoutMs'>;

/** Creates the Fastify adapter. Every setting of the server is here. */
export function createFastifyAdapter({ publicPath, trustProxy, keepAliveTimeoutMs }: ServerConfig): FastifyAdapter {
  const adapter = new ApiFastifyAdapter({
    trustProxy: trustProxy ?? false,
    keepAliveTimeout: keepAliveTimeoutMs,
    bodyLimit: mostBytes,
    // Limits how long a slow client can occupy a connection.
    requestTimeout: 30_000,
    // Serves requests that arrive during the drain. The readiness probe directs new traffic elsewhere.
    return503OnClosing: false,
    genReqId: requestId,
    requestIdHeader: false,
    exposeHeadRoutes: true,
    // Node's own answer has no body. The hook below answers with a problem.
    http: { requireHostHeader: false },
    routerOptions: { ignoreTrailingSlash: false, caseSensitive: true, maxParamLength: mostParameterLength },
    clientErrorHandler: (error, socket) => answerParseError(error, socket, publicPath),
    // Errors of the router, before any hook: an undecodable URL or a path parameter that is too long.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      const problem = toProblem(error);
      logRefusal(problem, request);
      // Fastify decorates no reply that it makes before it knows the route.
      sendProblem(problem, request, Object.assign(reply, { publicPath }));
    },
  });
  const server: FastifyInstance = adapter.getInstance();
  server.addHook('onRequest', beginRequest);
  publishUnder(publicPath, server);
  shedLoad(server, publicPath);
  goOnUnexpected(server.server);
  answerConnect(server.server, publicPath);
  limitBodies(server);
  readJsonBodies(server);
  return adapter;
}

/**
 * The most connections that wait to be accepted. Beyond it, the system drops a connection that its client believes to be open, and
 * the client repeats its packets after 1 s, 3 s and 7 s: a burst of clients would delay probes by seconds. Node's default is 511.
 */
const MOST_PENDING_CONNECTIONS = 4_096;

type Listening = (error: Error | null) => void;

class ApiFastifyAdapter extends FastifyAdapter {
  private readonly otherMethods = new OtherMethods(this.getInstance());

  override listen(port: string | number, ...hostAndCallback: (string | Listening | undefined)[]): void {
    const name = hostAndCallback.find((each) => typeof each === 'string') ?? 'localhost';
    // For this name, Fastify would open a second server on ::1, without load shedding, drain and timeouts.
    const host = name === 'localhost' ? '127.0.0.1' : name;
    const callback = hostAndCallback.find((each) => typeof each === 'function') ?? (() => {});
    this.getInstance().listen({ port: Number(port), host, backlog: MOST_PENDING_CONNECTIONS }, callback);
  }

  /** Called by Nest once, after the last route. */
  override setNotFoundHandler(handler: Parameters<FastifyAdapter['setNotFoundHandler']>[0]) {
    this.otherMethods.answerAll();
    return super.setNotFoundHandler(this.otherMethods.beforeNotFound(handler));
  }
}
