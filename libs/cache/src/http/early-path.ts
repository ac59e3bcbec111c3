import type { HttpAdapterHost } from '@nestjs/core';
import type { CacheRegistry } from '../core/cache-registry.js';
import { onceAllRead } from './all-read.js';
import { recordCacheOutcome } from './cache-outcome.js';
import { FASTIFY_CACHED_ROUTE } from './cache-response.decorator.js';
import type { CachedHandler, DeclaredHeader } from './cached-handler.js';
import type { CachedRoute } from './cached-route.js';
import { EarlyRequest, type FastifyRequest } from './early-request.js';
import { obstaclesOf } from './route-rules.js';
import { replyFromCache } from './reply.js';
import { entryAt, requestKey } from './request-key.js';
import { ResponseWriter } from './response-writer.js';
import { isReading } from './safe-methods.js';

type Hook = (request: FastifyRequest, reply: FastifyReply, done: () => void) => void;

/** The parts of Fastify that are needed here. */
interface FastifyReply {
  send(payload?: string): unknown;
}

interface FastifyRoute {
  readonly config?: { readonly [FASTIFY_CACHED_ROUTE]?: CachedRoute } | undefined;
  onRequest?: Hook | Hook[] | undefined;
  preHandler?: Hook | Hook[] | undefined;
}

interface FastifyRoutes {
  addHook(name: 'onRoute', hook: (route: FastifyRoute) => void): unknown;
}

/**
 * Answers on Fastify what this process holds without Nest's pipeline, whose interceptors alone cost more than all the rest of a hit:
 * with the same headers and counters as `HttpCacheInterceptor`, and only where nothing in that pipeline could answer otherwise.
 * That is at the place of the handler, after every hook of the application, and for routes that are `early` as soon as they are
 * found. Whatever it has no answer to goes on into the pipeline.
 */
export class EarlyPath {
  readonly #found = new Set<CachedRoute>();
  readonly #open = new Map<CachedRoute, readonly DeclaredHeader[]>();

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
      this.#found.add(route);
      const hook: Hook = (request, reply, done) => {
        // A route of many methods, or one that something stands before, has nothing to wait for.
        if (!this.#open.has(route) || !isReading(request.method)) return done();
        onceAllRead(() => {
          if (!this.#tryToAnswer(route, request, reply)) done();
        });
      };
      const phase = route.early ? 'onRequest' : 'preHandler';
      fastifyRoute[phase] = [fastifyRoute[phase] ?? [], hook].flat();
    });
  }

  /** Whether the route of a handler was found among Fastify's, where there are such. */
  reaches({ route }: CachedHandler): boolean {
    return this.adapterHost.httpAdapter.getType() !== 'fastify' || this.#found.has(route);
  }

  /**
   * Begins to answer those of these handlers that nothing stands before. To be called once, with all of them: classes that extend
   * one another share their handlers, and one of them may be guarded.
   */
  open(handlers: readonly CachedHandler[]): void {
    const obstructed = new Set(handlers.filter((handler) => obstaclesOf(handler).length > 0).map(({ route }) => route));
    for (const { route, headers } of handlers) if (!obstructed.has(route)) this.#open.set(route, headers);
  }

  #tryToAnswer(route: CachedRoute, request: FastifyRequest, response: FastifyReply): boolean {
    try {
      return this.#answers(route, request, response);
    } catch {
      // Functions of the application run in there. What one of them throws, the pipeline meets again, with filters for it.
      return false;
    }
  }

  #answers(route: CachedRoute, request: FastifyRequest, response: FastifyReply): boolean {
    const declared = this.#open.get(route);
    if (!declared) return false;
    // What fails is answered by the application's own filters.
    if (request.headers['if-match'] !== undefined || request.headers['if-unmodified-since'] !== undefined) return false;
    const early = new EarlyRequest(request);
    const key = requestKey(route, early);
    if (!key || early.leavesQueryUnread) return false;
    const entry = entryAt(route, this.caches.find(route.definition), key);
    const held = entry?.held();
    if (!entry || !held) return false;
    const writer = new ResponseWriter(this.adapterHost.httpAdapter, response, request.raw);
    for (const { name, value } of declared) {
      writer.headers({ [name]: typeof value === 'function' ? value() : value });
    }
    const body = writer.write(replyFromCache(route, early, held, entry.tags));
    const { result, tier, ageMs } = held;
    recordCacheOutcome(request.raw, { cache: route.definition.name, result, tier, ageMs: Math.round(ageMs) });
    response.send(body);
    return true;
  }
}
