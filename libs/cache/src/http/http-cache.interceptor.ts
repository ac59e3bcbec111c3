import type { IncomingMessage, ServerResponse } from 'node:http';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor, Optional } from '@nestjs/common';
import { HttpAdapterHost, Reflector } from '@nestjs/core';
import { catchError, from, type Observable, of, tap, throwError } from 'rxjs';
import type { Cache } from '../core/cache.js';
import { CacheRegistry } from '../core/cache-registry.js';
import { collectInvalidated } from '../core/context/invalidated-tags.js';
import { MissingPrincipalDetector } from '../devtools/missing-principal-detector.js';
import { nextBatch } from './respond/request-batching.js';
import { cacheGroups } from './headers/cache-groups.js';
import { CACHED_ROUTE } from './cache-response.decorator.js';
import { CachedExchange, type HttpRequest } from './respond/cached-exchange.js';
import type { CachedRoute } from './route/cached-route.js';
import { NO_CACHE } from './no-cache.decorator.js';
import { entryAt, requestKey } from './route/request-key.js';
import { ResponseWriter } from './respond/response-writer.js';
import { isReading, isSafe } from './route/http-methods.js';
import type { HttpResponse } from './respond/response-snapshot.js';
import { type Requester, requesterOf } from './route/requester.js';

/**
 * Answers routes with `@CacheResponse` from their cache, and stores the answers of their handlers. Reports the tags that an unsafe
 * request invalidated in `Cache-Group-Invalidation` (RFC 9875).
 *
 * The trap: it runs after guards and before pipes, and interceptors outside of it receive the JSON text instead of the value. The body
 * is the stored JSON text, on a miss and on a hit. List serializers after it, so that their result is stored.
 *
 * @example
 * @Controller('users')
 * @UseInterceptors(HttpCacheInterceptor)
 * export class UsersController {}
 */
@Injectable()
export class HttpCacheInterceptor implements NestInterceptor {
  /** Memoises the decorators of each handler, by controller and handler: reading metadata costs more than a cache hit. */
  readonly #routes = new Map<object, Map<object, Route>>();

  constructor(
    private readonly caches: CacheRegistry,
    private readonly reflector: Reflector,
    private readonly adapterHost: HttpAdapterHost,
    @Optional() private readonly missingPrincipals?: MissingPrincipalDetector,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    if (!this.missingPrincipals) return this.#intercept(context, next);
    return this.missingPrincipals.runAs(requesterOf(context.switchToHttp().getRequest<Requester>()), () =>
      this.#intercept(context, next),
    );
  }

  #intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<HttpRequest & IncomingMessage & { readonly raw?: IncomingMessage }>();
    const response = http.getResponse<HttpResponse & ServerResponse & { readonly raw?: ServerResponse }>();
    const [incoming, outgoing] = [request.raw ?? request, response.raw ?? response];
    const writer = new ResponseWriter(this.adapterHost.httpAdapter, response, incoming);
    if (!isReading(request.method)) {
      return isSafe(request.method) ? next.handle() : reportInvalidated(next, writer, outgoing);
    }
    const { excluded, cached } = this.#routeOf(context);
    if (excluded) writer.headers({ 'cache-control': 'no-store' });
    if (!cached) return next.handle();
    const { route, cache } = cached;
    const exchange = new CachedExchange(route, request, { incoming, outgoing, response, writer }, next);
    const answer = (): unknown => {
      const resumed = exchange.resume();
      if (resumed) return resumed;
      const key = requestKey(route, request);
      if (!key) return exchange.bypassForCredentials();
      const entry = entryAt(route, cache, key);
      return entry ? exchange.answer(entry) : exchange.bypass();
    };
    const failed = (error: unknown): unknown => {
      // No cache may store an error, unless the code that threw it has set `Cache-Control`.
      if (!outgoing.headersSent) writer.defaults({ 'cache-control': 'no-store' });
      return error;
    };
    try {
      const answered = nextBatch(incoming)?.then(answer) ?? answer();
      if (!(answered instanceof Promise)) return of(answered);
      return from(answered).pipe(catchError((error: unknown) => throwError(() => failed(error))));
    } catch (error) {
      return throwError(() => failed(error));
    }
  }

  #routeOf(context: ExecutionContext): Route {
    const controller = context.getClass();
    const handler = context.getHandler();
    const routes = this.#routes.get(controller) ?? new Map<object, Route>();
    const known = routes.get(handler);
    if (known) return known;
    const excluded = this.reflector.getAllAndOverride<true | undefined>(NO_CACHE, [handler, controller]) ?? false;
    const route = excluded ? undefined : this.reflector.get<CachedRoute | undefined>(CACHED_ROUTE, handler);
    const found = { excluded, cached: route && { route, cache: this.caches.find(route.definition) } };
    this.#routes.set(controller, routes.set(handler, found));
    return found;
  }
}

/** The decorators of one handler. */
interface Route {
  readonly excluded: boolean;
  readonly cached: { readonly route: CachedRoute; readonly cache: Cache<unknown, unknown> } | undefined;
}

/** Runs the handler of an unsafe request, and reports the cache groups that it invalidated (RFC 9875 §3). */
function reportInvalidated(next: CallHandler, writer: ResponseWriter, outgoing: ServerResponse): Observable<unknown> {
  const tags = new Set<string>();
  return collectInvalidated(tags, () => next.handle()).pipe(
    tap(() => {
      const groups = cacheGroups(tags);
      // A handler that sends its response itself has sent its headers already.
      if (groups !== undefined && !outgoing.headersSent) writer.headers({ 'cache-group-invalidation': groups });
    }),
  );
}
