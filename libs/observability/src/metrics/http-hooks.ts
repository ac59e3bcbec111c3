import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { HttpDurations } from './http-durations.js';

/** The parts of Fastify that are needed here. */
interface FastifyRequest {
  readonly method: string;
  readonly routeOptions: { readonly url?: string | undefined };
  readonly headers: IncomingMessage['headers'];
}

interface FastifyReply {
  readonly statusCode: number;
  /** In milliseconds. */
  readonly elapsedTime: number;
}

interface FastifyInstance {
  addHook(name: 'onResponse', hook: (request: FastifyRequest, reply: FastifyReply, done: () => void) => void): unknown;
}

/** A request of Express, after its router. */
type ExpressRequest = IncomingMessage & { readonly baseUrl?: string; readonly route?: { readonly path?: unknown } };

/** Times every response of the server. Call it before the first route is added. */
export function timeResponses(adapter: AbstractHttpAdapter, durations: HttpDurations): void {
  if (adapter.getType() === 'fastify') timeFastify(adapter.getInstance(), durations);
  else adapter.use(expressTimer(durations));
}

function timeFastify(server: FastifyInstance, durations: HttpDurations): void {
  server.addHook('onResponse', ({ method, routeOptions, headers }, { statusCode, elapsedTime }, done) => {
    durations.record({
      method,
      route: routeOptions.url,
      status: statusCode,
      durationMs: elapsedTime,
      traceparent: headers['traceparent'],
    });
    done();
  });
}

function expressTimer(durations: HttpDurations) {
  return (request: ExpressRequest, response: ServerResponse, next: () => void): void => {
    const startedAt = performance.now();
    response.once('close', () => {
      const path = request.route?.path;
      durations.record({
        method: request.method ?? '',
        route: typeof path === 'string' ? `${request.baseUrl ?? ''}${path}` : undefined,
        status: response.statusCode,
        durationMs: performance.now() - startedAt,
        traceparent: request.headers['traceparent'],
      });
    });
    next();
  };
}
