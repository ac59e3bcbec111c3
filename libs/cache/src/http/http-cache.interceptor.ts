import type { IncomingMessage, ServerResponse } from 'node:http';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor, Optional } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { catchError, from, type Observable, of, throwError } from 'rxjs';
import { CacheSession } from '../core/context/cache-session.js';
import { MissingPrincipalDetector } from '../devtools/missing-principal-detector.js';
import { cacheGroups } from './headers/cache-groups.js';
import { CONSISTENCY_TOKEN, ConsistencyCookie, sessionOf, tokenIn } from './headers/consistency-token.js';
import { CachedRoutes } from './cached-routes.js';
import { CachedExchange, type HttpRequest } from './respond/cached-exchange.js';
import { requesterOf } from './route/request-key.js';
import { HandedOverRead } from './respond/handed-over-read.js';
import { ResponseWriter } from './respond/response-writer.js';
import { isReading, isSafe } from './route/http-methods.js';
import type { HttpResponse } from './respond/response-snapshot.js';
import type { Requester } from './route/cached-route.js';

/**
 * Answers routes with `@CacheResponse` from their cache, and stores the answers of their handlers. Reports the tags that an unsafe
 * request invalidated in `Cache-Group-Invalidation` (RFC 9875), and what it has written in `Consistency-Token`. A request that has
 * this token is never answered with anything older, on any instance.
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
  /** @internal */
  constructor(
    private readonly routes: CachedRoutes,
    private readonly adapterHost: HttpAdapterHost,
    private readonly cookie: ConsistencyCookie,
    @Optional() private readonly missingPrincipals?: MissingPrincipalDetector,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    if (!this.missingPrincipals) return this.#intercept(context, next);
    const request = context.switchToHttp().getRequest<Requester>();
    return this.missingPrincipals.runAs(
      () => requesterOf(request),
      () => this.#intercept(context, next),
    );
  }

  #intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<HttpRequest & IncomingMessage & { readonly raw?: IncomingMessage }>();
    const response = http.getResponse<HttpResponse & ServerResponse & { readonly raw?: ServerResponse }>();
    const [incoming, outgoing] = [request.raw ?? request, response.raw ?? response];
    const writer = new ResponseWriter(this.adapterHost.httpAdapter, response, request);
    // The hook of the fast path has found the route already.
    const read = HandedOverRead.of(incoming);
    if (!read && !isReading(request.method)) {
      return isSafe(request.method) ? next.handle() : this.#write(next, request, writer, outgoing);
    }
    const { excluded, cached } = read
      ? { excluded: false, cached: read.cached }
      : this.routes.of(context.getClass(), context.getHandler());
    if (excluded) writer.headers({ 'cache-control': 'no-store' });
    const server = { incoming, outgoing, response, writer };
    const answer = (): Observable<unknown> =>
      cached ? answerOf(new CachedExchange(cached, request, server, next), read) : next.handle();
    return sessionOf(request.headers)?.run(answer) ?? answer();
  }

  /**
   * Runs the handler of an unsafe request. Its response names the cache groups that its writes invalidated (RFC 9875 §3), and has the
   * token of its writes and of those that the request named.
   */
  #write(
    next: CallHandler,
    { headers }: HttpRequest,
    writer: ResponseWriter,
    outgoing: ServerResponse,
  ): Observable<unknown> {
    const session = new CacheSession(tokenIn(headers), ({ tags, token }) => {
      // A handler that sends its response itself may have sent its headers already.
      if (outgoing.headersSent) return;
      const groups = cacheGroups(tags);
      if (groups !== undefined) writer.headers({ 'cache-group-invalidation': groups });
      if (token === undefined) return;
      writer.headers({ [CONSISTENCY_TOKEN]: token });
      const cookie = this.cookie.of(token);
      if (cookie !== undefined) writer.headers({ 'set-cookie': cookie });
    });
    return session.run(() => next.handle());
  }
}

/** Answers a request of a cached route. */
function answerOf(exchange: CachedExchange, read: HandedOverRead | undefined): Observable<unknown> {
  try {
    const answered = exchange.answer(read);
    if (!(answered instanceof Promise)) return of(answered);
    return from(answered).pipe(catchError((error: unknown) => throwError(() => exchange.failed(error))));
  } catch (error) {
    return throwError(() => exchange.failed(error));
  }
}
