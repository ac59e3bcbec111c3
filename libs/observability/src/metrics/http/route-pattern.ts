import type { AbstractHttpAdapter } from '@nestjs/core';
import type { EndedRequest } from './response-times.js';

const FASTIFY_REQUEST = Symbol('fastifyRequest');

/** The parts of Fastify that are needed here. */
interface FastifyRequest {
  readonly raw: RoutedRequest;
  readonly routeOptions: { readonly url?: string | undefined };
}

interface FastifyInstance {
  addHook(name: 'onRequest', hook: (request: FastifyRequest, reply: unknown, done: () => void) => void): unknown;
}

/** A request of Node, with the members that a router leaves on it. */
type RoutedRequest = EndedRequest & {
  [FASTIFY_REQUEST]?: FastifyRequest;
  /** Express sets this and `route`. */
  readonly baseUrl?: string;
  readonly route?: { readonly path?: unknown };
};

/** Makes {@link routePattern} work on Fastify, which leaves nothing on the request of Node. Call it before the first route is added. */
export function keepRoutes(adapter: AbstractHttpAdapter): void {
  if (adapter.getType() !== 'fastify') return;
  const server: FastifyInstance = adapter.getInstance();
  server.addHook('onRequest', (request, _reply, done) => {
    request.raw[FASTIFY_REQUEST] = request;
    done();
  });
}

/** Returns the pattern of the route of an answered request; `undefined` if no route has answered it. */
export function routePattern({ [FASTIFY_REQUEST]: fastify, baseUrl = '', route }: RoutedRequest): string | undefined {
  if (fastify) return fastify.routeOptions.url;
  return typeof route?.path === 'string' ? `${baseUrl}${route.path}` : undefined;
}
