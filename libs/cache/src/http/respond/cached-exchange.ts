import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallHandler } from '@nestjs/common';
import { lastValueFrom } from 'rxjs';
import type { KeyedEntry } from '../../core/read/keyed-entry.js';
import { LoadContext } from '../../core/context/load-context.js';
import type { ReadResult } from '../../core/read-result.js';
import { recordCacheOutcome } from './cache-outcome.js';
import { cacheStatus, CREDENTIALS_STATUS, xCache } from '../headers/cache-status.js';
import type { CachedRoute } from '../route/cached-route.js';
import { headersSent } from './after-headers.js';
import { lookFor } from './look-ahead.js';
import { cachedResponse, uncachedResponse } from './cached-response.js';
import { audienceOf, type KeyedRequest } from '../route/request-key.js';
import type { ResponseWriter } from './response-writer.js';
import { type HttpResponse, ResponseSnapshot } from './response-snapshot.js';

/** What Fastify's and Express's requests have in common. */
export interface HttpRequest extends KeyedRequest {
  readonly method: string;
}

/** One request of a cached route, and its response. */
export class CachedExchange {
  /** Why what the handler answered is sent just as it left it. */
  #refusal: string | undefined;
  /** The response before a handler that failed. */
  #failed: ResponseSnapshot | undefined;

  constructor(
    private readonly route: CachedRoute,
    private readonly request: HttpRequest,
    private readonly server: {
      readonly incoming: IncomingMessage;
      readonly outgoing: ServerResponse;
      readonly response: HttpResponse;
      readonly writer: ResponseWriter;
    },
    private readonly next: CallHandler,
  ) {}

  /** Answers with what this process holds, or with what a read finds or loads. */
  answer(entry: KeyedEntry<unknown>): unknown {
    const held = entry.getFromMemory();
    return held ? this.#respond(entry, held) : this.#read(entry);
  }

  /** Answers past the cache, to a request that names its sender. */
  bypassForCredentials(): Promise<unknown> {
    this.#record({ status: 'bypass', tier: undefined });
    return this.bypass({ 'cache-status': CREDENTIALS_STATUS, 'x-cache': 'BYPASS' });
  }

  /** Answers with what the handler says, and stores nothing. */
  async bypass(headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const { writer } = this.server;
    writer.headers(headers);
    const value = await this.#handle();
    if (value === undefined || this.#refusal !== undefined) return writer.sendUnchanged(value);
    return writer.write(uncachedResponse(this.route, this.request, value));
  }

  async #read(entry: KeyedEntry<unknown>): Promise<unknown> {
    const look = lookFor(this.server.incoming);
    const loadInBackground = (): Promise<unknown> => this.#handleInBackground();
    const result = await entry.read(() => this.#handle(), { loadInBackground, look }).finally(() => look?.end());
    return this.#respond(entry, result);
  }

  /** Runs the handler, within a load or past the cache. */
  async #handle(): Promise<unknown> {
    const before = new ResponseSnapshot(this.server.response);
    const audience = audienceOf(this.route, this.request);
    const value: unknown = await lastValueFrom(this.next.handle(), { defaultValue: undefined }).catch(
      (error: unknown) => {
        this.#failed = before;
        throw error;
      },
    );
    // Interceptors and pipes that are inside may have found somebody whom the key says nothing of.
    const named = audienceOf(this.route, this.request) !== audience;
    this.#refusal = named ? 'what runs before the handler found out who asks' : before.refusalOf(value);
    if (this.#refusal !== undefined) LoadContext.current?.markUncacheable(this.#refusal);
    return value;
  }

  /** Runs the handler once its client was answered: whatever becomes of the response from then on, the handler did. */
  async #handleInBackground(): Promise<unknown> {
    await headersSent(this.server.outgoing);
    return this.#handle();
  }

  /** Says how the cache answered, and answers the body. */
  #respond(entry: KeyedEntry<unknown>, result: ReadResult<unknown>): unknown {
    const { writer } = this.server;
    this.#record(result);
    // Something stale is answered in its place.
    this.#failed?.restore();
    const status = this.server.response.statusCode;
    if (!isAbsent(result) && this.#refusal === undefined) {
      return writer.write(cachedResponse(this.route, this.request, result, { tags: entry.tags, status }));
    }
    writer.headers({ 'cache-status': cacheStatus(result, status), 'x-cache': xCache(result) });
    // What is known to be absent is answered by the module's own error, which its handler throws at no cost.
    if (isKnownAbsent(result)) return entry.knowingAbsence(async () => writer.sendUnchanged(await this.#handle()));
    return writer.sendUnchanged(result.answer.value);
  }

  #record({
    status,
    tier,
    ageMs = 0,
  }: Pick<ReadResult<unknown>, 'status' | 'tier'> & { readonly ageMs?: number }): void {
    const served = tier === undefined ? undefined : Math.round(ageMs);
    recordCacheOutcome(this.server.incoming, {
      cache: this.route.definition.name,
      result: status,
      tier,
      ageMs: served,
    });
  }
}

/** Whether there is nothing to answer. */
function isAbsent({ answer }: ReadResult<unknown>): boolean {
  return answer.json === undefined && answer.value === undefined;
}

/** Whether there is no value, and the handler of this request has not run: it joined a load that is no handler's, and threw nothing. */
function isKnownAbsent(result: ReadResult<unknown>): boolean {
  return result.status === 'negative' || (result.collapsed && isAbsent(result));
}
