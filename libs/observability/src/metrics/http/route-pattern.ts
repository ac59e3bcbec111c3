import type { AbstractHttpAdapter } from '@nestjs/core';

const PATTERN = Symbol('routePattern');

/** A request of Node, with the members that a router leaves on it. */
export interface RoutedRequest {
  [PATTERN]?: string | undefined;
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
 * Leaves the pattern of its route on each request. Call it before the first route is added. On Fastify, each route has a hook of its
 * own, because Fastify makes a new object each time that the options of a request's route are read.
 */
export function keepPatterns(adapter: AbstractHttpAdapter): void {
  if (adapter.getType() !== 'fastify') return;
  const server: FastifyInstance = adapter.getInstance();
  server.addHook('onRoute', (route) => {
    const { url } = route;
    const keep: Hook = ({ raw }, _reply, done) => {
      raw[PATTERN] = url;
      done();
    };
    route.onRequest = [keep, route.onRequest ?? []].flat();
  });
}

/**
 * Adds the member that will have the pattern. Call it before anything else reads the request: a member that is added later gives the
 * request another hidden class, and each function that reads requests of both classes becomes slower, by 2 % of a hit in all.
 */
export function reservePattern(request: RoutedRequest): void {
  request[PATTERN] = undefined;
}

/** Returns the pattern of the route that answered, never the path; `undefined` if no route has answered. */
export function patternOf({ [PATTERN]: pattern, baseUrl = '', route }: RoutedRequest): string | undefined {
  return pattern ?? (typeof route?.path === 'string' ? `${baseUrl}${route.path}` : undefined);
}
