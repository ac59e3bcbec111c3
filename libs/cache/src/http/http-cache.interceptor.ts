import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { HttpAdapterHost, Reflector } from '@nestjs/core';
import { lastValueFrom, type Observable, of } from 'rxjs';
import { CacheRegistry } from '../core/cache-registry.js';
import type { ReadOutcome } from '../core/read-outcome.js';
import { recordCacheOutcome } from './cache-outcome.js';
import { CACHED_ROUTE, type CachedRoute, type KeySource } from './cache-response.decorator.js';
import { CREDENTIALS_STATUS, cacheStatus } from './cache-status.js';

/** What Fastify's and Express's requests have in common. */
interface HttpRequest extends KeySource {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly raw?: IncomingMessage;
}

const JSON_TYPE = 'application/json; charset=utf-8';

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
    const response = new CachedResponse(this.adapterHost, http.getResponse(), request.raw ?? request);
    if (namesItsSender(request.headers)) {
      response.bypass(route.definition.name);
      return next.handle();
    }
    const load = (): Promise<unknown> => lastValueFrom(next.handle(), { defaultValue: undefined });
    const outcome = await this.caches.find(route.definition).read(route.key(request), load);
    return outcome ? of(response.body(route.definition.name, outcome)) : next.handle();
  }
}

/** Without a declared principal in the key, an answer to somebody may not be given to somebody else (RFC 9111 §3.5). */
function namesItsSender(headers: IncomingHttpHeaders): boolean {
  return headers.authorization !== undefined || headers.cookie !== undefined;
}

class CachedResponse {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly response: unknown,
    private readonly request: IncomingMessage,
  ) {}

  bypass(cache: string): void {
    this.#headers({ 'Cache-Status': CREDENTIALS_STATUS, 'X-Cache': 'BYPASS', 'Cache-Control': 'private, no-cache' });
    recordCacheOutcome(this.request, { cache, result: 'bypass', tier: undefined, ageMs: undefined });
  }

  body(cache: string, outcome: ReadOutcome<unknown>): unknown {
    const { answer, result, tier, ageMs } = outcome;
    recordCacheOutcome(this.request, { cache, result, tier, ageMs: result === 'hit' ? Math.round(ageMs) : undefined });
    this.#headers({
      'Cache-Status': cacheStatus(outcome),
      'X-Cache': result.toUpperCase(),
      'Cache-Control': 'private, no-cache',
      ...(answer.etag !== undefined && { ETag: `"${answer.etag}"` }),
    });
    if (answer.json === undefined) return answer.value;
    this.#headers({ 'Content-Type': JSON_TYPE });
    return answer.json;
  }

  #headers(headers: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(headers))
      this.adapterHost.httpAdapter.setHeader(this.response, name, value);
  }
}
