import type { HttpAdapterHost } from '@nestjs/core';
import type { CacheRegistry } from '../core/cache-registry.js';
import { recordCacheOutcome } from './cache-outcome.js';
import { EARLY_ROUTE } from './cache-response.decorator.js';
import type { CachedHandler, DeclaredHeader } from './cached-handler.js';
import type { CachedRoute } from './cached-route.js';
import { EarlyRequest, type FastifyRequest } from './early-request.js';
import { replyFromCache } from './reply.js';
import { requestKey } from './request-key.js';
import { ResponseWriter } from './response-writer.js';

type OnRequest = (request: FastifyRequest, reply: FastifyReply, done: () => void) => void;

/** The parts of Fastify that are needed here. */
interface FastifyReply {
  send(payload?: string): unknown;
}

interface FastifyRoute {
  readonly config?: { readonly [EARLY_ROUTE]?: CachedRoute } | undefined;
  onRequest?: OnRequest | OnRequest[] | undefined;
}

interface FastifyRoutes {
  addHook(name: 'onRoute', hook: (route: FastifyRoute) => void): unknown;
}

/**
 * Answers what this process holds before Nest's pipeline, on routes that are `early`: routed and decoded, after the hooks and the
 * middleware of the application, with the same headers and counters as `HttpCacheInterceptor`. Whatever it has no answer to goes
 * on into the pipeline.
 *
 * The trap: no pipe runs before it. What the key's schema accepts is answered.
 */
export class EarlyPath {
  readonly #installed = new Set<CachedRoute>();
  readonly #declared = new Map<CachedRoute, readonly DeclaredHeader[]>();

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
      const route = fastifyRoute.config?.[EARLY_ROUTE];
      if (!route) return;
      this.#installed.add(route);
      const answer: OnRequest = (request, reply, done) => {
        if (!this.#answers(route, request, reply)) done();
      };
      fastifyRoute.onRequest = [fastifyRoute.onRequest ?? [], answer].flat();
    });
  }

  /** To be called once all routes are there: whether this one was found among them, where that is needed. */
  covers({ route, headers }: CachedHandler): boolean {
    this.#declared.set(route, headers);
    return this.adapterHost.httpAdapter.getType() !== 'fastify' || this.#installed.has(route);
  }

  #answers(route: CachedRoute, request: FastifyRequest, response: FastifyReply): boolean {
    // What fails is answered by the application's own filters.
    if (request.headers['if-match'] !== undefined || request.headers['if-unmodified-since'] !== undefined) return false;
    const early = new EarlyRequest(request);
    const key = requestKey(route, early);
    if (!key || early.leavesQueryUnread) return false;
    const entry = this.caches.find(route.definition).at(key.raw);
    const held = entry?.held();
    if (!entry || !held) return false;
    const writer = new ResponseWriter(this.adapterHost.httpAdapter, response, request.raw);
    for (const { name, value } of this.#declared.get(route) ?? []) {
      writer.headers({ [name]: typeof value === 'function' ? value() : value });
    }
    const body = writer.write(replyFromCache(route, early, held, entry.tags));
    const { result, tier, ageMs } = held;
    recordCacheOutcome(request.raw, { cache: route.definition.name, result, tier, ageMs: Math.round(ageMs) });
    response.send(body);
    return true;
  }
}
