import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { HttpAdapterHost, Reflector } from '@nestjs/core';
import { lastValueFrom, type Observable, of, tap } from 'rxjs';
import { CacheRegistry } from '../core/cache-registry.js';
import type { ReadOutcome } from '../core/read-outcome.js';
import { CACHED_ROUTE, type CachedRoute, type KeySource } from './cache-response.decorator.js';
import { CachedResponse, isAbsent } from './cached-response.js';

/** What Fastify's and Express's requests have in common. */
interface HttpRequest extends KeySource {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly raw?: IncomingMessage;
}

/**
 * Answers routes that are marked with `@CacheResponse` from their cache, and fills it with what their handler answers.
 *
 * Guards have run by then, pipes have not. The stored JSON text is the body, as it is, on a miss as on a hit.
 */
@Injectable()
export class HttpCacheInterceptor implements NestInterceptor {
  constructor(
    private readonly caches: CacheRegistry,
    private readonly reflector: Reflector,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const route = this.reflector.get<CachedRoute | undefined>(CACHED_ROUTE, context.getHandler());
    if (!route || context.getType() !== 'http') return next.handle();
    const http = context.switchToHttp();
    const request = http.getRequest<HttpRequest & IncomingMessage>();
    if (request.method !== 'GET' && request.method !== 'HEAD') return next.handle();
    const cache = this.caches.find(route.definition);
    const response = new CachedResponse(
      this.adapterHost,
      http.getResponse(),
      request.raw ?? request,
      cache.definition.name,
    );
    const describe = (value: unknown): void => {
      if (value !== undefined) response.headers(route.headers?.(value, request) ?? {});
    };
    if (namesItsSender(request.headers)) {
      response.bypass();
      return next.handle().pipe(tap(describe));
    }
    const key = route.key(request);
    const handle = (): Promise<unknown> => lastValueFrom(next.handle(), { defaultValue: undefined });
    const outcome = await cache.read(key, handle);
    if (!outcome) return next.handle().pipe(tap(describe));
    const body = response.body(outcome);
    // A hit is decoded only for headers that are made of it.
    if (route.headers) describe(outcome.answer.value);
    // What is known to be absent is answered by the module's own error, which its handler throws at no cost.
    return isKnownAbsent(outcome) ? of(await cache.knowingAbsence(key, handle)) : of(body);
  }
}

/** Whether there is no value, and the handler of this request has not run: it joined a load that is no handler's, and threw nothing. */
function isKnownAbsent({ result, collapsed, answer }: ReadOutcome<unknown>): boolean {
  return result === 'negative' || (collapsed && isAbsent(answer));
}

/** Without a declared principal in the key, an answer to somebody may not be given to somebody else (RFC 9111 §3.5). */
function namesItsSender(headers: IncomingHttpHeaders): boolean {
  return headers.authorization !== undefined || headers.cookie !== undefined;
}
