import type { HttpAdapterHost } from '@nestjs/core';
import type { CacheRegistry } from '../../core/cache-registry.js';
import { nextBatch } from '../respond/request-batching.js';
import { FASTIFY_CACHED_ROUTE } from '../cache-response.decorator.js';
import type { CachedHandler, DeclaredHeader } from '../boot/route-handler.js';
import type { CachedRoute } from '../route/cached-route.js';
import { EarlyExchange, type FastifyReply, type FastifyRequest } from './early-exchange.js';
import { fastPathBlockers } from '../boot/route-rules.js';
import { entryAt, requestKey } from '../route/request-key.js';
import { isReading } from '../route/http-methods.js';

type Hook = (request: FastifyRequest, reply: FastifyReply, done: () => void) => void;

/** The part of Fastify's that is needed here. */
interface FastifyRoute {
  readonly url: string;
  readonly config?: { readonly [FASTIFY_CACHED_ROUTE]?: CachedRoute } | undefined;
  onRequest?: Hook | Hook[] | undefined;
  preHandler?: Hook | Hook[] | undefined;
}

/** A route that nothing stands before. */
interface EnabledRoute {
  readonly declared: readonly DeclaredHeader[];
  /** Whether somebody judges the form of its queries. */
  readonly guarded: boolean;
}

interface FastifyRoutes {
  addHook(name: 'onRoute', hook: (route: FastifyRoute) => void): unknown;
}

/**
 * Answers hits on Fastify without Nest's pipeline, whose interceptors alone cost more than all the rest of a hit: with the same
 * headers and counters as `HttpCacheInterceptor`, and only where nothing in that pipeline could answer otherwise. That is at the
 * place of the handler, after every hook of the application, and for routes that are `early` as soon as they are found. Whatever
 * it has no answer to goes on into the pipeline, which goes on from what was seen of the store.
 */
export class FastPath {
  /** Fastify's routes among ours, and whether all their paths mean to it what they mean to Nest. */
  readonly #found = new Map<CachedRoute, boolean>();
  readonly #enabled = new Map<CachedRoute, EnabledRoute>();

  constructor(
    private readonly caches: CacheRegistry,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  /** To be called before the first route is added. On Express there is nothing to do: the interceptor answers. */
  install(): void {
    const { httpAdapter } = this.adapterHost;
    if (httpAdapter.getType() !== 'fastify') return;
    const server: FastifyRoutes = httpAdapter.getInstance();
    server.addHook('onRoute', (fastifyRoute) => {
      const route = fastifyRoute.config?.[FASTIFY_CACHED_ROUTE];
      if (!route) return;
      this.#found.set(route, (this.#found.get(route) ?? true) && isReadAlike(fastifyRoute.url));
      const hook: Hook = (request, reply, done) => {
        if (isReading(request.method)) void this.#answerOr(done, route, request, reply);
        else done();
      };
      const phase = route.early ? 'onRequest' : 'preHandler';
      fastifyRoute[phase] = [fastifyRoute[phase] ?? [], hook].flat();
    });
  }

  /** Why the route of a handler cannot be answered as soon as it is found. */
  blockerOf({ route }: CachedHandler): string | undefined {
    if (this.adapterHost.httpAdapter.getType() !== 'fastify') return undefined;
    const readAlike = this.#found.get(route);
    if (readAlike === undefined) return 'its route does not say so: put @CacheResponse above @RouteConfig';
    return readAlike ? undefined : 'Fastify reads its path in another way: end each parameter with "/", "-" or "."';
  }

  /**
   * Begins to answer those of these handlers that nothing stands before. To be called once, with all of them: classes that extend
   * one another share their handlers, and one of them may be guarded.
   */
  enable(handlers: readonly CachedHandler[]): void {
    const obstructed = new Set(
      handlers.filter((handler) => fastPathBlockers(handler).length > 0).map(({ route }) => route),
    );
    for (const { route, headers, guards } of handlers) {
      const guarded = guards.length > 0 || (this.#enabled.get(route)?.guarded ?? false);
      if (!obstructed.has(route) && this.#found.get(route)) this.#enabled.set(route, { declared: headers, guarded });
    }
  }

  /** Answers a request of a route that is open, or calls `next`. */
  async #answerOr(
    next: () => void,
    route: CachedRoute,
    request: FastifyRequest,
    response: FastifyReply,
  ): Promise<void> {
    await nextBatch(request.raw);
    const open = this.#enabled.get(route);
    // What a key takes of a query does not say what a guard lets through.
    const isOpen = open && !(open.guarded && hasAny(request.query));
    const exchange = isOpen ? this.#exchangeOf(route, open, request, response) : undefined;
    if (exchange) exchange.answerOr(next);
    else next();
  }

  /** `undefined` for a request that only the pipeline can answer. */
  #exchangeOf(
    route: CachedRoute,
    { declared }: EnabledRoute,
    request: FastifyRequest,
    response: FastifyReply,
  ): EarlyExchange | undefined {
    // What fails is answered by the application's own filters.
    if (request.headers['if-match'] !== undefined || request.headers['if-unmodified-since'] !== undefined)
      return undefined;
    if (hasEmpty(request.params)) return undefined;
    try {
      const key = requestKey(route, request);
      const entry = key && entryAt(route, this.caches.find(route.definition), key);
      const adapter = this.adapterHost.httpAdapter;
      return entry && new EarlyExchange(route, entry, declared, { request, response, adapter });
    } catch {
      // Functions of the application run in there. What one of them throws, the pipeline meets again, with filters for it.
      return undefined;
    }
  }
}

/** Whether there is a member: a query is what the server takes for one, and another sign than "?" may begin it. */
function hasAny(query: Readonly<Record<string, unknown>>): boolean {
  for (const _ in query) return true;
  return false;
}

/** Whether a parameter is empty. Fastify's router takes that for one, and Nest answers 404; a wildcard may be. */
function hasEmpty(params: Readonly<Record<string, unknown>>): boolean {
  for (const name in params) if (params[name] === '' && name !== '*') return true;
  return false;
}

/** Whether Fastify's router reads a path as Nest does: each parameter ends at "/", "-" or ".", and has a name of its own. */
function isReadAlike(path: string): boolean {
  const parts = path.split(/[/.-]/).filter((part) => part.includes(':'));
  const names = new Set(parts.map((part) => part.slice(part.indexOf(':'))));
  return names.size === parts.length && parts.every((part) => /^[^:]*:\w+$/.test(part));
}
