import type { ServerResponse } from 'node:http';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor, Optional } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Observable } from 'rxjs';
import { CacheSession } from '../core/context/cache-session.js';
import { MissingPrincipalDetector } from '../devtools/missing-principal-detector.js';
import { cacheGroups } from './headers/cache-groups.js';
import { CONSISTENCY_TOKEN, ConsistencyCookie, sessionOf, tokenIn } from './headers/consistency-token.js';
import { CachedRoutes } from './cached-routes.js';
import { CachedExchange, type HttpRequest } from './respond/cached-exchange.js';
import { requesterOf } from './route/request-key.js';
import { type Carrier, HANDED_OVER_READ } from './respond/handed-over-read.js';
import { ResponseWriter } from './respond/response-writer.js';
import { isReading, isSafe } from './route/http-methods.js';
import type { HttpResponse } from './respond/response-snapshot.js';

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
    const http = context.switchToHttp();
    const request = http.getRequest<HttpRequest & Carrier & { readonly raw?: Carrier }>();
    const response = http.getResponse<HttpResponse & ServerResponse & { readonly raw?: ServerResponse }>();
    const [incoming, outgoing] = [request.raw ?? request, response.raw ?? response];
    const server = {
      incoming,
      outgoing,
      response,
      writer: new ResponseWriter(this.adapterHost.httpAdapter, response, request),
    };
    const read = incoming[HANDED_OVER_READ];
    const isRead = read !== undefined || isReading(request.method);
    // The hook of the fast path has found the route of its read already.
    const { excluded, cached } =
      isRead && !read
        ? this.routes.of(context.getClass(), context.getHandler())
        : { excluded: false, cached: read?.cached };
    if (excluded) server.writer.headers({ 'cache-control': 'no-store' });
    const answer = (): Observable<unknown> =>
      cached ? new CachedExchange(cached, request, server, next).answer(read) : next.handle();
    const session = isRead ? sessionOf(request.headers) : this.#writeSession(request, server);
    const answerInSession = (): Observable<unknown> => session?.run(answer) ?? answer();
    return this.missingPrincipals?.requester.run(() => requesterOf(request), answerInSession) ?? answerInSession();
  }

  /**
   * Returns the session of an unsafe request; `undefined` for a safe one. The response names the cache groups that its writes
   * invalidated (RFC 9875 §3), and has the token of its writes and of those that the request named.
   */
  #writeSession(
    { method, headers }: HttpRequest,
    { outgoing, writer }: { readonly outgoing: ServerResponse; readonly writer: ResponseWriter },
  ): CacheSession | undefined {
    if (isSafe(method)) return undefined;
    return new CacheSession(tokenIn(headers), ({ tags, token }) => {
      // A handler that sends its response itself may have sent its headers already.
      if (outgoing.headersSent) return;
      const groups = cacheGroups(tags);
      if (groups !== undefined) writer.headers({ 'cache-group-invalidation': groups });
      if (token === undefined) return;
      writer.headers({ [CONSISTENCY_TOKEN]: token });
      const cookie = this.cookie.of(token);
      if (cookie !== undefined) writer.headers({ 'set-cookie': cookie });
    });
  }
}
