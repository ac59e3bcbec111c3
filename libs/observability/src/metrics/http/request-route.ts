import type { AbstractHttpAdapter } from '@nestjs/core';
import type { RouteDurations } from './route-durations.js';

const ROUTE = Symbol('route');

/** A request of Node, with the members that a router leaves on it. */
export interface RoutedRequest {
  [ROUTE]?: RouteDurations | undefined;
  /** Express sets this and `route`. */
  readonly baseUrl?: string;
  readonly route?: { readonly path?: unknown };
}

type Hook = (request: { readonly raw: RoutedRequest }, reply: unknown, done: () => void) => void;

/** The parts of Fastify that are needed here. */
interface FastifyRoute {
  readonly url: string;
  onRequest?: Hook | Hook[] | undefined;
}

interface FastifyInstance {
  addHook(name: 'onRoute', hook: (route: FastifyRoute) => void): unknown;
}

/**
 * Leaves on each request what `find` returns for the pattern of its route. Call it before the first route is added. On Fastify, each
 * route has a hook of its own, because Fastify makes a new object each time that the options of a request's route are read.
 */
export function keepRoutes(adapter: AbstractHttpAdapter, find: (pattern: string) => RouteDurations): void {
  if (adapter.getType() !== 'fastify') return;
  const server: FastifyInstance = adapter.getInstance();
  server.addHook('onRoute', (fastifyRoute) => {
    const route = find(fastifyRoute.url);
    const keep: Hook = ({ raw }, _reply, done) => {
      raw[ROUTE] = route;
      done();
    };
    fastifyRoute.onRequest = [keep, fastifyRoute.onRequest ?? []].flat();
  });
}

/**
 * Adds the member that will have the route. Call it before anything else reads the request: a member that is added later gives the
 * request another hidden class, and each function that reads requests of both classes becomes slower, by 2 % of a hit in all.
 */
export function reserveRoute(request: RoutedRequest): void {
  request[ROUTE] = undefined;
}

/** Returns what `find` returns for the pattern of the route that has answered, never for the path. The pattern is empty if none has. */
export function routeOf(request: RoutedRequest, find: (pattern: string) => RouteDurations): RouteDurations {
  return request[ROUTE] ?? find(expressPattern(request));
}

function expressPattern({ baseUrl = '', route }: RoutedRequest): string {
  return typeof route?.path === 'string' ? `${baseUrl}${route.path}` : '';
}
