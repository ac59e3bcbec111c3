import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { KeyedEntry } from '../../core/read/keyed-entry.js';
import type { ReadResult } from '../../core/read-result.js';
import type { CachedHandler, DeclaredHeader } from '../boot/route-handler.js';
import { fastPathBlockers } from '../boot/route-rules.js';
import { FASTIFY_CACHED_ROUTE } from '../cache-response.decorator.js';
import { CachedRoutes } from '../cached-routes.js';
import { recordResult } from '../respond/cache-outcome.js';
import { HandedOverRead } from '../respond/handed-over-read.js';
import { sessionOf } from '../headers/consistency-token.js';
import { nextBatch } from '../respond/request-batching.js';
import { hasValue, ResponseWriter } from '../respond/response-writer.js';
import type { CachedRoute, RouteCache } from '../route/cached-route.js';
import { isReading } from '../route/http-methods.js';
import { type KeyedRequest, type RequestEntry, requestEntry } from '../route/request-key.js';

/** The parts of Fastify's request, reply, route and instance that are needed here. */
interface FastifyRequest extends KeyedRequest {
  readonly method: string;
  readonly raw: IncomingMessage & { readonly user?: unknown };
}

interface FastifyReply {
  readonly statusCode: number;
  readonly raw: ServerResponse;
  send(payload?: string): unknown;
  removeHeader(name: string): unknown;
}

type Hook = (request: FastifyRequest, reply: FastifyReply, done: () => void) => void;

type SendHook = (
  request: unknown,
  reply: FastifyReply,
  payload: unknown,
  done: (error: null, body: unknown) => void,
) => void;

interface FastifyRoute {
  readonly url: string;
  readonly method: string | readonly string[];
  readonly config?: { readonly [FASTIFY_CACHED_ROUTE]?: CachedRoute } | undefined;
  preHandler?: Hook | Hook[] | undefined;
  onSend?: SendHook | SendHook[] | undefined;
}

interface FastifyInstance {
  addHook(name: 'onRoute', hook: (route: FastifyRoute) => void): unknown;
}

/** A route to answer here. */
interface EnabledRoute extends RouteCache {
  /** The headers that its decorators declare. */
  readonly declared: readonly DeclaredHeader[];
}

/** One request of an enabled route. */
interface Exchange {
  readonly enabled: EnabledRoute;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/**
 * Answers hits on Fastify without Nest's pipeline, whose interceptors alone cost more than the rest of a hit. Only routes whose
 * pipeline could not answer otherwise are enabled; status, headers and counters are the same as with `HttpCacheInterceptor`.
 *
 * The read begins in the last `preHandler` hook, after every hook of the application. Where it needs the handler, or its result is
 * not a value, the request continues in the pipeline, and the interceptor takes over the same read.
 */
@Injectable()
export class FastPath {
  /** The routes that Fastify has, and whether Fastify reads all their paths as Nest does. */
  readonly #found = new Map<CachedRoute, boolean>();
  readonly #enabled = new Map<CachedRoute, EnabledRoute>();

  constructor(
    private readonly routes: CachedRoutes,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  /** Whether the application has an HTTP server. An application context has none. */
  get hasServer(): boolean {
    return Boolean(this.adapterHost.httpAdapter);
  }

  /** Adds the hook. Call it before the first route is added. Does nothing on Express, where the interceptor answers. */
  install(): void {
    const { httpAdapter } = this.adapterHost;
    if (!this.hasServer || httpAdapter.getType() !== 'fastify') return;
    const server: FastifyInstance = httpAdapter.getInstance();
    server.addHook('onRoute', (fastifyRoute) => {
      const route = fastifyRoute.config?.[FASTIFY_CACHED_ROUTE];
      // The interceptor answers the GET of a route for all methods.
      if (!route || ![fastifyRoute.method].flat().every(isReading)) return;
      this.#found.set(route, (this.#found.get(route) ?? true) && isReadAlike(fastifyRoute.url));
      const hook: Hook = (request, reply, done) => {
        const read = (): void => void this.#read(route, request, reply, done);
        const session = sessionOf(request.headers);
        if (session) session.run(read);
        else read();
      };
      fastifyRoute.preHandler = [fastifyRoute.preHandler ?? [], hook].flat();
      if (fastifyRoute.method === 'HEAD') fastifyRoute.onSend = [fastifyRoute.onSend ?? [], omitLengthOf304].flat();
    });
  }

  /**
   * Enables the routes that nothing blocks. Call it once, with all handlers: classes that extend one another share a route, and one
   * of them may be guarded.
   */
  enable(handlers: readonly CachedHandler[]): void {
    const blocked = new Set(
      handlers.filter((handler) => fastPathBlockers(handler).length > 0).map(({ route }) => route),
    );
    for (const { route, headers } of handlers) {
      if (blocked.has(route) || !this.#found.get(route)) continue;
      this.#enabled.set(route, { ...this.routes.withCache(route), declared: headers });
    }
  }

  async #read(route: CachedRoute, request: FastifyRequest, reply: FastifyReply, next: () => void): Promise<void> {
    const enabled = this.#enabled.get(route);
    if (!enabled) return next();
    await nextBatch();
    const target = targetOf(enabled, request);
    if (!target) return next();
    const exchange = { enabled, request, reply };
    enabled.edge?.begin(request.raw);
    const inMemory = target.entry.getFromMemory();
    if (inMemory) return this.#answer(exchange, target.entry, inMemory) ? undefined : next();
    const read = new HandedOverRead({
      ...target,
      cached: enabled,
      incoming: request.raw,
      outgoing: reply.raw,
      enterPipeline: next,
    });
    // The application's filters answer an error, in the pipeline.
    try {
      const result = await read.result;
      const answerable = !read.needsPipeline && hasValue(result);
      if (answerable && this.#answer(exchange, target.entry, result)) return;
    } catch {
      // The interceptor receives the same error.
    }
    read.enterPipeline();
  }

  /** Sends the response. Returns `false`, having sent nothing, when a function of the application throws. */
  #answer(
    { enabled: { route, edge, declared }, request, reply }: Exchange,
    entry: KeyedEntry<unknown>,
    result: ReadResult<unknown>,
  ): boolean {
    const adapter = this.adapterHost.httpAdapter;
    const writer = new ResponseWriter(adapter, reply, request);
    let body: string | undefined;
    try {
      for (const { name, value } of declared) {
        adapter.setHeader(reply, name, typeof value === 'function' ? value() : value);
      }
      recordResult(request.raw, route, result);
      const details = { tags: entry.tags, edge: edge?.of(route, entry, result, request.raw) };
      body = writer.writeResult(route, result, details);
    } catch {
      return false;
    }
    reply.send(body);
    return true;
  }
}

/** Removes the `Content-Length: 0` that Fastify adds to a HEAD without a body, which RFC 9110 §8.6 forbids for a 304. */
function omitLengthOf304(
  _request: unknown,
  reply: FastifyReply,
  payload: unknown,
  done: Parameters<SendHook>[3],
): void {
  if (reply.statusCode === 304) reply.removeHeader('content-length');
  done(null, payload);
}

/** Returns the entry of a request; `undefined` for a request that only the pipeline can answer. */
function targetOf(
  enabled: EnabledRoute,
  request: FastifyRequest,
): (RequestEntry & { readonly entry: KeyedEntry<unknown> }) | undefined {
  // The application's filters answer a failed precondition.
  if (request.headers['if-match'] !== undefined || request.headers['if-unmodified-since'] !== undefined)
    return undefined;
  // Fastify's router matches an empty parameter, and Nest answers 404. A wildcard may be empty.
  for (const name in request.params) if (request.params[name] === '' && name !== '*') return undefined;
  try {
    const found = requestEntry(enabled, request);
    return found?.entry && { entry: found.entry, audience: found.audience };
  } catch {
    // An error of the application's functions happens again in the pipeline, which has filters for it.
    return undefined;
  }
}

/** Whether Fastify's router reads a path as Nest does: each parameter ends at "/", "-" or ".", and has a name of its own. */
function isReadAlike(path: string): boolean {
  const parts = path.split(/[/.-]/).filter((part) => part.includes(':'));
  const names = new Set(parts.map((part) => part.slice(part.indexOf(':'))));
  return names.size === parts.length && parts.every((part) => /^[^:]*:\w+$/.test(part));
}
